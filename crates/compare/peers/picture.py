"""Which picture of the Mandelbrot set: its flags, its axes, its file."""

import numpy as np

import peer


def flags(description):
    """A parser with the flags of a picture."""
    parser = peer.flags(description)
    parser.add_argument("--re", type=float, nargs=2, default=[-2.25, 0.75])
    parser.add_argument("--im", type=float, nargs=2, default=[-1.25, 1.25])
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1600)
    parser.add_argument("--max-iter", type=int, default=1000)
    return parser


def axes(arguments):
    """The real parts of the columns, and the imaginary parts of the rows."""
    re_min, re_max = arguments.re
    im_min, im_max = arguments.im
    dx = (re_max - re_min) / arguments.width
    dy = (im_max - im_min) / arguments.height
    re = re_min + (np.arange(arguments.width) + 0.5) * dx
    im = im_max - (np.arange(arguments.height) + 0.5) * dy
    return re, im


def tiles(arguments):
    """Slices of --tile rows each, which cover the picture."""
    begins = range(0, arguments.height, arguments.tile)
    return [
        slice(begin, min(begin + arguments.tile, arguments.height)) for begin in begins
    ]


def finish(program, library, arguments, samples_s, counts, mpi=None):
    """Writes the counts where --out says, and prints the JSON object."""
    peer.save(counts, arguments)
    iterations = int(counts.sum(dtype=np.uint64))
    peer.publish(program, library, arguments, samples_s, mpi, iterations=iterations)
