#!/usr/bin/env bash
# No C file is longer than 700 lines: beyond that it is two nouns.
. "$(dirname "$0")/lint.inc.sh"

lines_max=700
mapfile -t files < <(c_files)
for file in "${files[@]}"; do
    lines=$(wc -l <"$file")
    [ "$lines" -le "$lines_max" ] || finding "$file: $lines lines, at most $lines_max"
done
finish "${#files[@]}" 'C files'
