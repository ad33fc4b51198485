"""The Mandelbrot set with multiprocessing: a block a worker, or tiles as they come."""

from multiprocessing import Pool

import numpy as np

import escape
import peer
import picture


def count_tile(task):
    """The rows of a task, and their counts."""
    rows, re, im, max_iter = task
    return rows, escape.count_rows(re, im, max_iter)


def main():
    parser = picture.flags(__doc__)
    parser.add_argument("--schedule", choices=["block", "dynamic"], default="block")
    parser.add_argument(
        "--tile", type=int, default=8, help="rows that dynamic hands out"
    )
    arguments = peer.parse(parser)
    if arguments.schedule == "block":
        arguments.tile = -(-arguments.height // arguments.workers)  # Rounded up.
    re, im = picture.axes(arguments)
    tasks = [
        (rows, re, im[rows], arguments.max_iter) for rows in picture.tiles(arguments)
    ]
    counts = np.empty((im.size, re.size), np.uint32)
    with Pool(arguments.workers) as pool:

        def run():
            if arguments.schedule == "block":
                results = pool.map(count_tile, tasks, chunksize=1)
            else:
                results = pool.imap_unordered(count_tile, tasks)
            for rows, part in results:
                counts[rows] = part

        _, samples_s = peer.measure(run, arguments)
    picture.finish("multiprocessing", escape.version(), arguments, samples_s, counts)


if __name__ == "__main__":
    main()
