"""The iterations of pixels, compiled by Numba: what the parallel peers hand out."""

import numba
import numpy as np

# Given its types, Numba compiles it at import, so no run waits for that.
SIGNATURE = "uint32[:, :](float64[:], float64[:], int64)"


@numba.njit("uint32(float64, float64, int64)")
def count(c_re, c_im, max_iter):
    """The step at which the point is seen to escape, or `max_iter`."""
    re = im = 0.0
    for n in range(max_iter):
        re2, im2 = re * re, im * im
        if re2 + im2 > 4.0:
            return n
        im = 2.0 * re * im + c_im
        re = re2 - im2 + c_re
    return max_iter


@numba.njit(SIGNATURE)
def count_rows(re, im, max_iter):
    """The counts of the rows `im`, one pixel after another."""
    counts = np.empty((im.size, re.size), np.uint32)
    for y in range(im.size):
        for x in range(re.size):
            counts[y, x] = count(re[x], im[y], max_iter)
    return counts


def version():
    """Numba and NumPy."""
    return f"Numba {numba.__version__}, NumPy {np.__version__}"
