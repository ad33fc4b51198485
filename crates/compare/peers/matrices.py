"""The matrices of a seed, the very numbers that our programs multiply."""

import statistics

import numpy as np

import peer


def flags(description):
    """A parser with the flags of a matrix product."""
    parser = peer.flags(description)
    parser.add_argument("--size", type=int, default=1024, help="order of the matrices")
    parser.add_argument("--seed", type=int, default=1, help="seed of the matrices")
    return parser


def operands(arguments):
    """A and B, square and of order --size."""
    return [generate(arguments.seed, name, arguments.size) for name in "ab"]


def generate(seed, name, size):
    """Matrix `name` of `seed`, uniform in [-1, 1)."""
    i = j = np.arange(size, dtype=np.uint64)
    row = mix(np.uint64(seed) ^ mix(np.array([ord(name)], dtype=np.uint64)) ^ mix(~i))
    bits = mix(row[:, np.newaxis] ^ j)
    return (bits >> np.uint64(11)) / 2.0**52 - 1.0


def mix(bits):
    """SplitMix64's finaliser, element by element, modulo 2**64."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def finish(program, library, arguments, samples_s, c, mpi=None):
    """Writes C where --out says, and prints the JSON object."""
    peer.save(c, arguments)
    rate = 2e-9 * arguments.size**3
    peer.publish(
        program,
        library,
        arguments,
        samples_s,
        mpi,
        n=arguments.size,
        gflops=rate / statistics.median(samples_s),
    )


def numpy_version():
    """NumPy with the BLAS that does its products."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"NumPy {np.__version__} with {blas['name']} {blas['version']}"
