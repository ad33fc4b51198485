"""The rate at which GNU `wc -w` reads and finds words, without counting which ones."""

import os
import subprocess

import peer
import text


def main():
    arguments = text.flags(__doc__).parse_args()
    command = ["wc", "-w", *arguments.paths]
    # In another locale wc would decode each character.
    environment = os.environ | {"LC_ALL": "C"}

    def run():
        return subprocess.check_output(command, env=environment, text=True)

    output, samples_s = peer.measure(run, arguments)
    version = subprocess.check_output(["wc", "--version"], text=True).splitlines()[0]
    peer.publish(
        "wc",
        version,
        arguments,
        samples_s,
        bytes=text.size(arguments.paths),
        # The last line has the total, or the only document.
        tokens=int(output.splitlines()[-1].split()[0]),
    )


if __name__ == "__main__":
    main()
