"""The Mandelbrot set with ipyparallel: a load-balanced view hands out tiles."""

import ipyparallel
import numpy as np

import escape
import peer
import picture
from engines import engines


def count_tile(re, im, max_iter):
    """The counts of some rows; an engine gets read-only arrays."""
    return escape.count_rows(re.copy(), im.copy(), max_iter)


def main():
    parser = picture.flags(__doc__)
    parser.add_argument(
        "--tile", type=int, default=8, help="rows that an engine gets at once"
    )
    arguments = peer.parse(parser)
    re, im = picture.axes(arguments)
    tiles = picture.tiles(arguments)
    counts = np.empty((im.size, re.size), np.uint32)
    with engines(arguments.workers) as client:
        view = client.load_balanced_view()
        client[:].execute("import escape", block=True)

        def run():
            count = len(tiles)
            rows = [im[tile] for tile in tiles]
            parts = view.map(
                count_tile, [re] * count, rows, [arguments.max_iter] * count
            )
            for tile, part in zip(tiles, parts):
                counts[tile] = part

        _, samples_s = peer.measure(run, arguments)
    library = f"ipyparallel {ipyparallel.__version__}, {escape.version()}"
    picture.finish("ipyparallel", library, arguments, samples_s, counts)


if __name__ == "__main__":
    main()
