"""The word count with one collections.Counter."""

from collections import Counter

import peer
import text


def main():
    arguments = text.flags(__doc__).parse_args()

    def run():
        total = Counter()
        for piece in text.pieces(arguments.paths, 1):
            total.update(text.count(piece, arguments.tokens))
        return text.ranking(total)

    ranked, samples_s = peer.measure(run, arguments)
    text.finish("counter", "", arguments, samples_s, ranked)


if __name__ == "__main__":
    main()
