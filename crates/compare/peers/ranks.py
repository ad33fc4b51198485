"""What the mpi4py peers share: timing a job, and naming its MPI library."""

from mpi4py import MPI


def measure(comm, run, arguments):
    """The last result of `run()`, and the seconds of each timed run.

    A job takes as long as its slowest rank.
    """
    for _ in range(arguments.warmup):
        run()
    samples_s = []
    for _ in range(arguments.runs):
        comm.Barrier()
        start = MPI.Wtime()
        result = run()
        samples_s.append(comm.allreduce(MPI.Wtime() - start, op=MPI.MAX))
    return result, samples_s


def library():
    """The MPI library and its version, such as `Open MPI v4.1.4`."""
    first_line = MPI.Get_library_version().splitlines()[0]
    return " ".join(first_line.split(",")[0].split())
