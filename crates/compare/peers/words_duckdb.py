"""The word count as a query of DuckDB, which runs it on several threads.

Single spaces and line ends separate words, as in the Polars peer.
"""

import duckdb

import peer
import text

# Lines are a table of one column: no character separates or quotes anything.
QUERY = """
    SELECT word, count(*) AS n
    FROM (
        SELECT unnest(string_split(lower(line), ' ')) AS word
        FROM read_csv(?, columns = {'line': 'VARCHAR'}, auto_detect = false,
                      header = false, delim = '\x01', quote = '', escape = '')
    )
    WHERE word <> ''
    GROUP BY word
    ORDER BY n DESC, word
"""


def main():
    arguments = text.flags(__doc__).parse_args()
    connection = duckdb.connect(config={"threads": arguments.workers})

    def run():
        return connection.execute(QUERY, [arguments.paths]).fetchall()

    ranked, samples_s = peer.measure(run, arguments)
    text.finish("duckdb", f"DuckDB {duckdb.__version__}", arguments, samples_s, ranked)


if __name__ == "__main__":
    main()
