"""The matrix product with multiprocessing: a pool whose processes share A, B and C."""

from multiprocessing import Pool
from multiprocessing.managers import SharedMemoryManager

import numpy as np

import matrices
import peer


def attach(blocks, size):
    """Lets a process of the pool see the three matrices as its own variables."""
    global shared, a, b, c
    shared = blocks  # While they are referred to, the memory stays.
    a, b, c = (np.ndarray((size, size), buffer=block.buf) for block in blocks)


def multiply(rows):
    """Computes some rows of C in place."""
    np.matmul(a[rows], b, out=c[rows])


def main():
    arguments = peer.parse(matrices.flags(__doc__))
    size, workers = arguments.size, arguments.workers
    edges = [size * worker // workers for worker in range(workers + 1)]
    rows = [slice(begin, end) for begin, end in zip(edges, edges[1:])]
    with SharedMemoryManager() as memory:
        blocks = [memory.SharedMemory(8 * size * size) for _ in "abc"]
        attach(blocks, size)
        a[:], b[:] = matrices.operands(arguments)
        with Pool(workers, attach, (blocks, size)) as pool:
            _, samples_s = peer.measure(
                lambda: pool.map(multiply, rows, chunksize=1), arguments
            )
        matrices.finish(
            "multiprocessing", matrices.numpy_version(), arguments, samples_s, c
        )


if __name__ == "__main__":
    main()
