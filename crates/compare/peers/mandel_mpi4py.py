"""The Mandelbrot set over MPI ranks: blocks, rows in turn, or tiles from a master."""

import mpi4py
import numpy as np
from mpi4py import MPI

import escape
import picture
import ranks


def block(comm, re, im, max_iter):
    """Each rank computes consecutive rows; rank 0 gathers them."""
    sizes = [re.size * len(part) for part in np.array_split(im, comm.size)]
    mine = escape.count_rows(re, np.array_split(im, comm.size)[comm.rank], max_iter)
    counts = np.empty((im.size, re.size), np.uint32) if comm.rank == 0 else None
    comm.Gatherv(mine, [counts, sizes], root=0)
    return counts


def cyclic(comm, re, im, max_iter):
    """Row r belongs to rank r modulo their number; rank 0 puts them in order."""
    sizes = [re.size * len(im[rank :: comm.size]) for rank in range(comm.size)]
    mine = escape.count_rows(re, im[comm.rank :: comm.size].copy(), max_iter)
    dealt = np.empty(im.size * re.size, np.uint32) if comm.rank == 0 else None
    comm.Gatherv(mine, [dealt, sizes], root=0)
    if comm.rank != 0:
        return None
    counts = np.empty((im.size, re.size), np.uint32)
    for rank, hand in enumerate(np.split(dealt, np.cumsum(sizes)[:-1])):
        counts[rank :: comm.size] = hand.reshape(-1, re.size)
    return counts


def dynamic(comm, re, im, max_iter):
    """Rank 0 hands out rows and collects them; the others compute."""
    if comm.size == 1:
        return escape.count_rows(re, im, max_iter)
    if comm.rank == 0:
        return hand_out(comm, re, im)
    while True:
        row = comm.recv(source=0)
        if row is None:
            return None
        comm.Send(escape.count_rows(re, im[row : row + 1], max_iter), dest=0, tag=row)


def hand_out(comm, re, im):
    """The master's side: whoever sends a row gets the next one, or None at the end."""
    counts = np.empty((im.size, re.size), np.uint32)
    rows = iter(range(im.size))
    for rank in range(1, comm.size):
        comm.send(next(rows, None), dest=rank)
    status = MPI.Status()
    for _ in range(im.size):
        comm.Probe(status=status)
        row, rank = status.Get_tag(), status.Get_source()
        comm.Recv(counts[row], source=rank, tag=row)
        comm.send(next(rows, None), dest=rank)
    return counts


def main():
    comm = MPI.COMM_WORLD
    schedules = {"block": block, "cyclic": cyclic, "dynamic": dynamic}
    parser = picture.flags(__doc__)
    parser.add_argument("--schedule", choices=schedules, default="block")
    arguments = parser.parse_args()
    arguments.workers = comm.size
    re, im = picture.axes(arguments)
    schedule = schedules[arguments.schedule]
    counts, samples_s = ranks.measure(
        comm, lambda: schedule(comm, re, im, arguments.max_iter), arguments
    )
    if comm.rank == 0:
        library = f"mpi4py {mpi4py.__version__}, {escape.version()}"
        picture.finish(
            "mpi4py", library, arguments, samples_s, counts, mpi=ranks.library()
        )


if __name__ == "__main__":
    main()
