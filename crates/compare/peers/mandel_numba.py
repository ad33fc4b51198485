"""The Mandelbrot set in Numba: compiled loops, with --parallel over its threads.

Numba reads the number of its threads from the environment (NUMBA_NUM_THREADS);
--workers only says in the record how many.
"""

import numba
import numpy as np

import escape
import peer
import picture


@numba.njit(escape.SIGNATURE, parallel=True)
def count_rows_in_parallel(re, im, max_iter):
    """The counts of the rows `im`, which are shared among threads."""
    counts = np.empty((im.size, re.size), np.uint32)
    for y in numba.prange(im.size):
        for x in range(re.size):
            counts[y, x] = escape.count(re[x], im[y], max_iter)
    return counts


def main():
    parser = picture.flags(__doc__)
    parser.add_argument(
        "--parallel", action="store_true", help="share the rows: prange"
    )
    arguments = parser.parse_args()
    re, im = picture.axes(arguments)
    count_rows = count_rows_in_parallel if arguments.parallel else escape.count_rows
    counts, samples_s = peer.measure(
        lambda: count_rows(re, im, arguments.max_iter), arguments
    )
    picture.finish("numba", escape.version(), arguments, samples_s, counts)


if __name__ == "__main__":
    main()
