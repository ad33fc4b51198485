"""The matrix product with ipyparallel: a direct view scatters, pushes and gathers."""

import ipyparallel
import numpy as np

import matrices
import peer
from engines import engines


def main():
    arguments = peer.parse(matrices.flags(__doc__))
    a, b = matrices.operands(arguments)
    c = np.empty_like(a)
    with engines(arguments.workers) as client:
        view = client[:]
        view.block = True

        def multiply():
            view.scatter("my_a", a)
            view.push({"b": b})
            view.execute("my_c = my_a @ b")
            c[:] = view.gather("my_c")

        _, samples_s = peer.measure(multiply, arguments)
    library = f"ipyparallel {ipyparallel.__version__}, {matrices.numpy_version()}"
    matrices.finish("ipyparallel", library, arguments, samples_s, c)


if __name__ == "__main__":
    main()
