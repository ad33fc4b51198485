#!/bin/sh
# Stands for launch.sh in the tests of study: -n NP PROGRAM [ARG...].
echo "\$ mpiexec $*" >&2
export PCR_RANKS="$2"
shift 2
exec "$@"
