#!/usr/bin/env bash
# No C file is longer than 700 lines: beyond that it is two nouns. The client's one header is its
# manual and may be longer.
. "$(dirname "$0")/lint.inc.sh"

lines_max=700
mapfile -t files < <(c_files)
while read -r lines file; do
    [ "$file" != client/cardex.h ] || lines=$((lines - 200))
    [ "$lines" -le "$lines_max" ] || finding "$file: $lines lines, at most $lines_max"
done < <(wc -l "${files[@]}" /dev/null | grep -v ' total$')
finish "${#files[@]}" 'C files'
