#!/usr/bin/env bash
# Runs one fuzz target for $CARDEX_FUZZ_SECONDS (20) from its kept inputs, tests/fuzz/<target>/
# if there are any, and fails on the first input that crashes it:
#
#     CARDEX_FUZZ_BIN=build/fuzz/bin tests/fuzz/run.sh fuzz_<x>
#
# Found inputs stay in a folder that is thrown away, so a run changes nothing in the tree;
# only the crashing one is copied, to the current folder. Exit code 77: not built.
set -euo pipefail

target=${1:?usage: run.sh fuzz_<x>}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${CARDEX_FUZZ_BIN:-$here/../../build/fuzz/bin}/$target
seconds=${CARDEX_FUZZ_SECONDS:-20}
[ -x "$program" ] || {
    echo "skipped: $program is not built"
    exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/found"
corpus=("$work/found")
[ ! -d "$here/$target" ] || corpus+=("$here/$target")
dictionary=()
[ ! -f "$here/$target.dict" ] || dictionary=("-dict=$here/$target.dict")

"$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$target-" "${dictionary[@]}" "${corpus[@]}"
