#!/bin/sh
# Stands for every program in the tests of study: prints the JSON object that
# the real one would print. Tests link it under the programs' names.
#
# TROUBLE holds lines `PATTERN=ENDING`: a call whose words match the shell
# pattern ends so. CALLS names a file that gets one line a call. PCR_RANKS
# comes from fake-launcher.sh. RESULT names what --out gets (else it is a
# word), and with `.other` behind it what an ending `differ` gets.
name=${0##*/}
call="$name $*"
workers=${PCR_RANKS:-1} runs=1 kernel='' schedule='' memory=shared result='' chunks=null
while [ $# -gt 0 ]; do
  case $1 in
    --workers) workers=$2 ;;
    --runs) runs=$2 ;;
    --kernel) kernel=$2 ;;
    --schedule) schedule=$2 ;;
    --memory) memory=$2 ;;
    --out | --costs) result=$2 ;;
    --chunks) chunks='[{"workers": 3, "schedule": "block", "least": 1, "mean": 2.0, "most": 4, "imbalance": 2.0, "work": [1, 4, 1]}]' ;;
  esac
  shift
done
threads="${OPENBLAS_NUM_THREADS:-none}${OPENBLAS_CORETYPE:+ restrained}"
[ -z "${CALLS:-}" ] || echo "$workers $call, threads: $threads" >>"$CALLS"

iterations=1000 tokens=500
ending=$(echo "${TROUBLE:-}" | while IFS='=' read -r pattern ending; do
  # shellcheck disable=SC2254 # The pattern is one.
  case "$call" in $pattern) echo "$ending"; break ;; esac
done)
case $ending in
  todo) echo "error: not yet implemented: task 3.2: deal out the rows (src/cyclic.rs:9:5)" >&2; exit 101 ;;
  error) echo "a note" >&2; echo "error: no such file" >&2; exit 1 ;;
  hang) sleep 30 ;;
  other) iterations=999 tokens=499 ;;
  text) echo "hello"; exit 0 ;;
  module) echo "ModuleNotFoundError: No module named 'numba'" >&2; exit 1 ;;
  differ) RESULT=$RESULT.other ;;
  silent) result='' ;;
  alone) workers=1 ;;
  slow) memory=copied ;;
esac

if [ -n "$result" ]; then
  if [ -n "${RESULT:-}" ]; then cp "$RESULT" "$result"; else echo counts >"$result"; fi
fi

# Milliseconds: as if there were no overhead, but for naive and copied.
case $kernel in
  naive) cost=8000 ;; reordered) cost=2000 ;; tiled) cost=1600 ;; simd) cost=40 ;; shortcut) cost=10 ;; *) cost=800 ;;
esac
[ "$memory" = shared ] || cost=$((cost * 2))
median=$(awk "BEGIN { print $cost / 1000 / $workers }")
samples=$median
while [ "$runs" -gt 1 ]; do samples="$samples, $median" runs=$((runs - 1)); done
[ "$workers" = 1 ] && imbalance=1.0 || imbalance=1.5
cat <<JSON
{"program": "$name", "version": "0.1.0", "mpi": "${PCR_RANKS:+Fake MPI 1.0}", "workers": $workers,
 "hosts": 1, "cores": 2, "median_s": $median, "min_s": $median, "samples_s": [$samples],
 "iterations": $iterations, "imbalance": $imbalance, "schedule": "$schedule",
 "bytes": 80000000, "documents": 3, "tokens": $tokens, "distinct": 50, "chunks": $chunks,
 "alpha_s": 3e-6, "beta_s_per_byte": 2e-10,
 "ping_pong": [{"bytes": 0, "seconds": 2e-6}, {"bytes": 1000000, "seconds": 1.02e-4}]}
JSON
