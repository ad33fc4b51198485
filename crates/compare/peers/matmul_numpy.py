"""The matrix product in NumPy: one call, which its BLAS shares among threads.

The BLAS reads the number of its threads from the environment when NumPy is
imported (OPENBLAS_NUM_THREADS); --workers only says in the record how many.
"""

import numpy as np

import matrices
import peer


def main():
    arguments = matrices.flags(__doc__).parse_args()
    a, b = matrices.operands(arguments)
    c = np.empty_like(a)
    _, samples_s = peer.measure(lambda: np.matmul(a, b, out=c), arguments)
    matrices.finish("numpy", matrices.numpy_version(), arguments, samples_s, c)


if __name__ == "__main__":
    main()
