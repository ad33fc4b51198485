"""The matrix product with multiprocessing: a pool gets its operands pickled."""

from multiprocessing import Pool

import numpy as np

import matrices
import peer


def multiply(operands):
    """The rows of C that belong to some rows of A."""
    some_rows, b = operands
    return some_rows @ b


def main():
    arguments = peer.parse(matrices.flags(__doc__))
    a, b = matrices.operands(arguments)
    c = np.empty_like(a)
    with Pool(arguments.workers) as pool:

        def run():
            tasks = [(rows, b) for rows in np.array_split(a, arguments.workers)]
            np.concatenate(pool.map(multiply, tasks, chunksize=1), out=c)

        _, samples_s = peer.measure(run, arguments)
    matrices.finish(
        "multiprocessing", matrices.numpy_version(), arguments, samples_s, c
    )


if __name__ == "__main__":
    main()
