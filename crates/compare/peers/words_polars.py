"""The word count in Polars, which runs its query on several threads.

Single spaces and line ends separate words: Polars splits by one string.
It reads the number of its threads from the environment (POLARS_MAX_THREADS);
--workers only says in the record how many.
"""

import polars as pl

import peer
import text


def main():
    arguments = text.flags(__doc__).parse_args()
    word = pl.col("line").str.to_lowercase().str.split(" ").alias("word")

    def run():
        return (
            pl.scan_lines(arguments.paths, name="line")
            .select(word)
            .explode("word")
            .filter(pl.col("word") != "")
            .group_by("word")
            .len()
            .sort(["len", "word"], descending=[True, False])
            .collect()
        )

    table, samples_s = peer.measure(run, arguments)
    text.finish(
        "polars", f"Polars {pl.__version__}", arguments, samples_s, table.rows()
    )


if __name__ == "__main__":
    main()
