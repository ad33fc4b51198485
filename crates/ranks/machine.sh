#!/usr/bin/env bash
# What a machine has of what this project needs, and how it gets the rest.
#
# set-up and doctor read it for its functions. As a program it prints the command
# that installs all packages, for the manager that is found here or named:
#
#     crates/ranks/machine.sh [apt-get|dnf|pacman|brew]
#
# This is the one list of packages: container files and ROOMS.md go by it.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
private=$top/.mpi

# ---- What is there -----------------------------------------------------------

# Whether MPI $1 is set up for this very folder and nothing of it has gone since.
is_ready() (
  [ -f "$private/$1.env" ] || exit 1
  unset LIBCLANG_PATH
  # shellcheck source=/dev/null
  . "$private/$1.env"
  [ "$CARGO_TARGET_DIR" = "$top/target/$1" ] && [ -x "$MPICC" ] && [ -x "$MPIEXEC" ] &&
    [ -e "${LIBCLANG_PATH:-/}" ]
)

# Sets default to the name of the recorded default MPI, or to nothing.
read_default() {
  default=
  # read fails where the line has no end, and sets the variable all the same.
  [ ! -f "$private/default" ] || read -r default <"$private/default" || true
}

# Whether folder $1 holds all that `install_wheel` put there, and was not moved since.
is_complete() { [ "$(cat "$1/complete" 2>/dev/null)" = "$1" ]; }

# Which MPI the tool that is run as "$@" says that it belongs to.
kind_of() {
  case $("$@" 2>&1 </dev/null) in
    *"Open MPI"* | *OpenRTE*) echo openmpi ;;
    *MPICH* | *HYDRA*) echo mpich ;;
  esac
}

# The same for the compiler $1: each MPI's understands only its own question.
kind_of_compiler() { (kind_of "$1" --showme:version; kind_of "$1" -v) | head -n 1; }

# Sets MPICC and MPIEXEC to a compiler and a launcher of MPI $1.
find_mpi() {
  local compiler
  case $1 in *-wheel)
    MPICC=$private/$1/bin/mpicc MPIEXEC=$private/$1/bin/mpiexec
    is_complete "$private/$1"
    return ;;
  esac
  # Debian tells two MPIs apart by suffix, Fedora by folder.
  for compiler in mpicc "mpicc.$1" "/usr/lib64/$1/bin/mpicc"; do
    MPICC=$(command -v "$compiler") || continue
    # Plain mpicc may become another MPI's when one is installed; its full name stays.
    [ ! "$MPICC" -ef "$MPICC.$1" ] || MPICC=$MPICC.$1
    # The launcher beside the compiler, for PATH may offer another MPI's.
    MPIEXEC=${MPICC%mpicc*}mpiexec${MPICC##*mpicc}
    [ -x "$MPIEXEC" ] && [ "$(kind_of_compiler "$MPICC")" = "$1" ] &&
      [ "$(kind_of "$MPIEXEC" --version)" = "$1" ] && return
  done
  return 1
}

# Sets LIBCLANG_PATH where libclang is, or to nothing if bindgen looks there by itself.
find_libclang() {
  local file
  for file in "${LIBCLANG_PATH:-/nowhere}"{,/libclang{,-[0-9]*}.{so,dylib}*}; do
    [ -f "$file" ] && return
  done
  LIBCLANG_PATH=
  for file in {/usr/lib*,/usr/local/lib*}{,/*,/*/*}/libclang{,-[0-9]*}.so* \
    /Library/Developer/CommandLineTools/usr/lib/libclang.dylib; do
    [ -f "$file" ] && return
  done
  for file in {/opt/homebrew,/usr/local}/opt/llvm/lib/libclang.dylib \
    "$private"/libclang/lib/python3*/site-packages/clang/native/libclang.*; do
    LIBCLANG_PATH=${file%/*}
    case $file in
      "$private"/*) is_complete "$private/libclang" && return ;;
      *) [ -f "$file" ] && return ;;
    esac
  done
  LIBCLANG_PATH=
  return 1
}

# ---- How the rest is got -----------------------------------------------------

title() {
  case $1 in
    openmpi*) echo "Open MPI" ;; mpich*) echo MPICH ;; cc) echo "a C compiler" ;;
    python3-venv) echo "python3 with venv" ;; *) echo "$1" ;;
  esac
}

# The system's package manager.
manager() {
  local name
  for name in apt-get dnf pacman brew; do command -v $name >/dev/null && echo $name && return; done
}

# The command by which manager $1 installs what is named after it. Only apt-get
# has been tried; the others are written from their manuals.
install_with() {
  local manager=$1 name names=
  shift
  for name; do
    case $manager/$name in
      apt-get/cc) name="gcc libc6-dev" ;;
      apt-get/openmpi*) name="openmpi-bin libopenmpi-dev" ;;
      apt-get/mpich*) name="mpich libmpich-dev" ;;
      apt-get/libclang) name=libclang1 ;;
      brew/cc | brew/make) name= ;; # They come with Apple's tools: xcode-select --install.
      */cc) name=gcc ;;
      dnf/openmpi*) name=openmpi-devel ;;
      dnf/mpich*) name=mpich-devel ;;
      dnf/libclang) name=clang-libs ;;
      dnf/python3-venv) name=python3 ;;
      brew/openmpi*) name=open-mpi ;;
      pacman/openmpi*) name=openmpi ;;
      */mpich*) name=mpich ;;
      pacman/libclang) name=clang ;;
      brew/libclang) name=llvm ;;
      pacman/python3-venv | brew/python3-venv) name=python ;;
    esac
    names="$names${name:+ $name}"
  done
  case $manager/$names in
    /* | */) ;;
    apt-get/* | dnf/*) echo "$manager install -y$names" ;;
    pacman/*) echo "pacman -S --needed --noconfirm$names" ;;
    brew/*) echo "brew install$names" ;;
  esac
}

# The command by which this system installs $1.
install_command() {
  case $(manager)/$1 in
    brew/cc | brew/make) echo xcode-select --install ;;
    *) install_with "$(manager)" "$1" ;;
  esac
}

# The same, as one would type it.
typed_command() {
  local command
  command=$(install_command "$1")
  case $(id -u)/$command in 0/* | */brew* | */xcode* | */) ;; *) command="sudo $command" ;; esac
  echo "$command"
}

# Run, not read by another script.
[ "${BASH_SOURCE[0]}" != "$0" ] ||
  install_with "${1:-$(manager)}" cc make python3-venv openmpi libclang
