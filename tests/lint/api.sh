#!/usr/bin/env bash
# Every symbol of libcardex.so occurs in a test: none is installed that nobody has tried.
. "$(dirname "$0")/lint.inc.sh"
need nm

library=$CARDEX_BUILD/client/libcardex.so
count=0
if [ -e "$library" ]; then
    while IFS= read -r symbol; do
        count=$((count + 1))
        grep -rqwF --include='*.c' --include='*.h' -- "$symbol" tests ||
            finding "$symbol: installed, but in no test"
    done < <(nm -D --defined-only "$library" | awk '$2 ~ /[TDBRVW]/ { print $3 }' | sed 's/@.*//')
fi
finish "$count" 'public symbols'
