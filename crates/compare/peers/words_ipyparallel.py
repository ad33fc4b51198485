"""The word count with ipyparallel: a direct view maps pieces to Counters."""

from collections import Counter

import ipyparallel

import peer
import text
from engines import engines


def main():
    arguments = peer.parse(text.flags(__doc__))
    with engines(arguments.workers) as client:
        view = client[:]

        def run():
            total = Counter()
            pieces = text.pieces(arguments.paths, arguments.workers)
            for counts in view.map(
                text.count, pieces, [arguments.tokens] * len(pieces)
            ):
                total.update(counts)
            return text.ranking(total)

        ranked, samples_s = peer.measure(run, arguments)
    library = f"ipyparallel {ipyparallel.__version__}"
    text.finish("ipyparallel", library, arguments, samples_s, ranked)


if __name__ == "__main__":
    main()
