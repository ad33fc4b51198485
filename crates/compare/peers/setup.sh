#!/usr/bin/env bash
# Makes sure that what the peers of `make compare` need is there: a private
# Python environment, and the ScaLAPACK driver where the library is installed.
#
#     crates/ranks/setup.sh crates/compare/peers/setup.sh [FOLDER]
#
# It needs no root and writes to FOLDER alone, by default .peers/ and the MPI's
# name (log: FOLDER/setup.log). It says once what cannot be installed, and compare
# names the peers that miss it. A second run does no work.
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/../../../.peers/$MPI}
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)
log=$folder/setup.log

say() { echo "$*" >&2; }

# Leaves a line for compare that says why program $1 is missing.
missing() { echo "$2" >"$folder/bin/$1.missing"; }

# What is linked finds the MPI of the environment without LD_LIBRARY_PATH.
LDFLAGS=
for word in $("$MPICC" -show); do
  case $word in -L*) LDFLAGS="$LDFLAGS -Wl,-rpath,${word#-L}" ;; esac
done
export LDFLAGS

# ---- Python ------------------------------------------------------------------

# What the environment is made from: it does not survive being moved.
recipe() { echo "$folder $MPICC"; cat "$here/requirements.txt"; }

install() {
  local flags=(--disable-pip-version-check --prefer-binary --constraint "$here/requirements.txt")
  # Its wheel is for any MPI; this one is built with the compiler of ours, and
  # never taken from pip's cache, where another MPI's may lie.
  case $1 in mpi4py*) flags+=(--no-binary mpi4py --no-cache-dir) ;; esac
  # It takes minutes to compile, and longer with Python's own flags.
  export CFLAGS="-O2 -g0"
  say "setting up the peers: $1"
  "$folder/bin/python" -m pip install "${flags[@]}" "$1" >>"$log" 2>&1
}

set_up_python() {
  local requirement failed=
  if ! python3 -m venv "$folder" >>"$log" 2>&1; then
    missing python "python3 -m venv does not work here, as $log says"
    say "note: $(cat "$folder/bin/python.missing"): the Python peers are missing"
    return
  fi
  while read -r requirement; do
    case $requirement in "#"* | "") continue ;; esac
    install "$requirement" && continue
    failed="$failed ${requirement%%=*}"
    # Nearly all need it, and where it cannot be had PyPI is out of reach.
    case $requirement in numpy*) failed=" the Python libraries from PyPI"; break ;; esac
  done <"$here/requirements.txt"
  if [ "$failed" ]; then
    say "note: could not install$failed, as $log says: the peers that need it are missing"
    return
  fi
  recipe >"$folder/complete"
}

# ---- ScaLAPACK ---------------------------------------------------------------

# Compiles the driver where the library for this MPI is installed.
set_up_scalapack() {
  local driver=$folder/bin/scalapack library
  [ ! "$driver" -nt "$here/scalapack.c" ] || return 0
  # Debian has one library for each MPI, others have them in different folders.
  for library in "scalapack-$MPI" scalapack; do
    # shellcheck disable=SC2086 # The flags are words.
    if "$MPICC" -O2 -o "$driver" "$here/scalapack.c" "-l$library" -ldl $LDFLAGS >>"$log" 2>&1; then
      rm -f "$driver.missing"
      return
    fi
  done
  case $MPI in
    *-wheel) missing scalapack "it needs a system's MPI: MPI=openmpi or MPI=mpich" ;;
    *) missing scalapack "not installed: apt-get install libscalapack-$MPI-dev libopenblas-dev" ;;
  esac
}

recipe | cmp -s - "$folder/complete" || set_up_python
set_up_scalapack
