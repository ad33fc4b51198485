"""The matrix product by rows over MPI ranks: scatter A, broadcast B, gather C."""

import mpi4py
import numpy as np
from mpi4py import MPI

import matrices
import ranks


def main():
    comm = MPI.COMM_WORLD
    arguments = matrices.flags(__doc__).parse_args()
    n, arguments.workers = arguments.size, comm.size
    a, b, c = None, np.empty((n, n)), None
    if comm.rank == 0:
        a, b = matrices.operands(arguments)
        c = np.empty((n, n))

    rows = [len(part) for part in np.array_split(np.arange(n), comm.size)]
    counts = [n * count for count in rows]
    my_a = np.empty((rows[comm.rank], n))
    my_c = np.empty_like(my_a)

    def multiply():
        comm.Scatterv([a, counts], my_a, root=0)
        comm.Bcast(b, root=0)
        np.matmul(my_a, b, out=my_c)
        comm.Gatherv(my_c, [c, counts], root=0)

    _, samples_s = ranks.measure(comm, multiply, arguments)
    if comm.rank == 0:
        library = f"mpi4py {mpi4py.__version__}, {matrices.numpy_version()}"
        matrices.finish("mpi4py", library, arguments, samples_s, c, mpi=ranks.library())


if __name__ == "__main__":
    main()
