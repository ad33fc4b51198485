"""What all peers share: their flags, their timed runs, and the JSON object.

A peer does what one of our programs does, in the way in which a scientist would
write it in Python. It takes the same flags and prints the same JSON object, so
that study can run both side by side. By hand, from the top folder:

    .peers/openmpi/bin/python crates/compare/peers/matmul_numpy.py --size 1024
"""

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import time


def flags(description):
    """A parser with the flags that every peer has."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument(
        "--workers", type=int, default=1, help="threads, processes or ranks"
    )
    parser.add_argument("--runs", type=int, default=5, help="timed runs")
    parser.add_argument(
        "--warmup", type=int, default=1, help="runs before the timed ones"
    )
    parser.add_argument("--out", help="write the result to this file")
    return parser


def parse(parser):
    """The parsed flags of a peer that starts processes of its own.

    Who is told to end (SIGTERM) ends by an exception, as after Ctrl-C, so that
    pools and clusters end their processes. Those end at once: a worker that
    cleans up may wait for a lock that another one took along.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.register_at_fork(
        after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL)
    )
    return parser.parse_args()


def measure(run, arguments):
    """The last result of `run()`, and the seconds of each timed run."""
    for _ in range(arguments.warmup):
        run()
    samples_s = []
    for _ in range(arguments.runs):
        start = time.perf_counter()
        result = run()
        samples_s.append(time.perf_counter() - start)
    return result, samples_s


def save(array, arguments):
    """Writes a NumPy array where --out says."""
    if arguments.out:
        # Imported here because the peers that count words do not need it.
        import numpy as np

        # An open file: given a mere name, NumPy might change its ending.
        with open(arguments.out, "wb") as file:
            np.save(file, array)


def publish(program, library, arguments, samples_s, mpi=None, **figures):
    """Prints the JSON object; `figures` is the topic's share.

    `library` names what does the work, with its version, or is empty where
    Python itself does it.
    """
    python = f"Python {platform.python_version()}"
    record = {
        "program": program,
        "version": f"{library}, {python}" if library else python,
        "mpi": mpi,
        "workers": arguments.workers,
        "hosts": 1,
        "cores": len(os.sched_getaffinity(0)),
        "median_s": statistics.median(samples_s),
        "min_s": min(samples_s),
        "samples_s": samples_s,
    }
    print(json.dumps(record | figures))
