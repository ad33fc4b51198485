"""The Mandelbrot set in NumPy: all pixels take a step at once, until they escape."""

import numpy as np

import peer
import picture


def count_rows(re, im, max_iter):
    """The counts of the rows `im`."""
    c_re, c_im = (axis.ravel() for axis in np.meshgrid(re, im))
    counts = np.full(c_re.size, max_iter, np.uint32)
    index = np.arange(c_re.size)  # Where in `counts` the pixels belong that go on.
    z_re, z_im = np.zeros_like(c_re), np.zeros_like(c_im)
    for n in range(max_iter):
        re2, im2 = z_re * z_re, z_im * z_im
        escaped = re2 + im2 > 4.0
        if escaped.any():
            counts[index[escaped]] = n
            inside = ~escaped
            index, c_re, c_im = index[inside], c_re[inside], c_im[inside]
            z_re, z_im, re2, im2 = z_re[inside], z_im[inside], re2[inside], im2[inside]
        z_im = 2.0 * z_re * z_im + c_im
        z_re = re2 - im2 + c_re
    return counts.reshape(im.size, re.size)


def main():
    arguments = picture.flags(__doc__).parse_args()
    re, im = picture.axes(arguments)
    counts, samples_s = peer.measure(
        lambda: count_rows(re, im, arguments.max_iter), arguments
    )
    picture.finish("numpy", f"NumPy {np.__version__}", arguments, samples_s, counts)


if __name__ == "__main__":
    main()
