"""The word count over MPI ranks: each counts a part, a reduce adds up the Counters."""

from collections import Counter

import mpi4py
from mpi4py import MPI

import ranks
import text


def add(left, right):
    """The sum of two Counters, in place of the first: `+` would copy both."""
    left.update(right)
    return left


def main():
    comm = MPI.COMM_WORLD
    arguments = text.flags(__doc__).parse_args()
    arguments.workers = comm.size

    def run():
        mine = Counter()
        for piece in text.pieces(arguments.paths, comm.size)[comm.rank :: comm.size]:
            mine.update(text.count(piece, arguments.tokens))
        total = comm.reduce(mine, op=add, root=0)
        return text.ranking(total) if comm.rank == 0 else None

    ranked, samples_s = ranks.measure(comm, run, arguments)
    if comm.rank == 0:
        library = f"mpi4py {mpi4py.__version__}"
        text.finish(
            "mpi4py", library, arguments, samples_s, ranked, mpi=ranks.library()
        )


if __name__ == "__main__":
    main()
