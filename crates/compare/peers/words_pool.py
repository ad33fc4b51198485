"""The word count with multiprocessing: a pool maps pieces to Counters."""

from collections import Counter
from functools import partial
from multiprocessing import Pool

import peer
import text


def main():
    arguments = peer.parse(text.flags(__doc__))
    count = partial(text.count, tokens=arguments.tokens)
    with Pool(arguments.workers) as pool:

        def run():
            total = Counter()
            pieces = text.pieces(arguments.paths, arguments.workers)
            for counts in pool.imap_unordered(count, pieces):
                total.update(counts)
            return text.ranking(total)

        ranked, samples_s = peer.measure(run, arguments)
    text.finish("multiprocessing", "", arguments, samples_s, ranked)


if __name__ == "__main__":
    main()
