#!/usr/bin/env bash
# Makes sure that Typst is there, which sets the talk: a Python wheel of 20 MB, in the
# private folder target/typst. It needs no root. A second run does no work.
set -eu

# The newest when the slides were last looked at.
typst=typst==0.15.2
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$top/target/typst

# An environment does not survive being moved.
recipe() { echo "$folder $typst"; }

! recipe | cmp -s - "$folder/complete" || exit 0
echo "setting up Typst in target/typst" >&2
mkdir -p "$folder"
log=$folder/setup.log
{ python3 -m venv "$folder" &&
  "$folder/bin/python" -m pip install --disable-pip-version-check --only-binary :all: "$typst"
} >"$log" 2>&1 || { tail -n 3 "$log" >&2; echo "error: could not install Typst, see $log" >&2; exit 1; }
recipe >"$folder/complete"
