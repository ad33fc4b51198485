"""Documents: cut into pieces, counted with a Counter, written as CSV."""

import csv
import os
import re
from collections import Counter

import peer


def flags(description):
    """A parser with the flags of a word count."""
    parser = peer.flags(description)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="documents")
    parser.add_argument("--tokens", choices=["words", "whitespace"], default="words")
    return parser


def pieces(paths, parts):
    """(path, begin, end) of `parts` pieces of each document, cut at line ends."""
    all_pieces = []
    for path in paths:
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            edges = [boundary(file, size * part // parts) for part in range(1, parts)]
        edges = [0, *edges, size]
        all_pieces += [(path, begin, end) for begin, end in zip(edges, edges[1:])]
    return all_pieces


def boundary(file, position):
    """The first position from this one on where a line begins, or the file's end."""
    file.seek(max(position - 1, 0))
    file.readline()
    return file.tell()


def count(piece, tokens):
    """The words of a piece, in lower case, and how often each occurs."""
    path, begin, end = piece
    with open(path, "rb") as file:
        file.seek(begin)
        data = file.read(end - begin)
    text = data.decode("utf-8", errors="replace").lower()
    return Counter(re.findall(r"\w+", text) if tokens == "words" else text.split())


def ranking(counts):
    """The words and their counts, the most frequent first, then by the alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def finish(program, library, arguments, samples_s, ranked, mpi=None):
    """Writes the words where --out says, and prints the JSON object."""
    if arguments.out:
        with open(arguments.out, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["word", "count"])
            writer.writerows(ranked)
    peer.publish(
        program,
        library,
        arguments,
        samples_s,
        mpi,
        bytes=size(arguments.paths),
        documents=len(arguments.paths),
        tokens=sum(count for _, count in ranked),
        distinct=len(ranked),
    )


def size(paths):
    """The bytes of all documents."""
    return sum(os.path.getsize(path) for path in paths)
