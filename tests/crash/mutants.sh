#!/usr/bin/env bash
# The simulator finds what is wrong with each mutant: mutants.sh [NAME]...
# The names are those of the patches and, as lie_<x>, those of lie.h.
set -u

bin=${CARDEX_BIN:?}
states_max=200000
missed=0
for mutant in "$@"; do
    case $mutant in
    lie_*) command=("$bin/crash_sim" --lie "${mutant#lie_}") ;;
    *) command=("$bin/crash_sim_$mutant") ;;
    esac
    if said=$("${command[@]}" --caught --states "$states_max"); then
        printf '%-30s %s\n' "$mutant" "$(tail -n 1 <<<"$said")"
    else
        printf '%s is not found:\n%s\n' "$mutant" "$said"
        missed=$((missed + 1))
    fi
done
exit $((missed > 0))
