#!/usr/bin/env bash
# The executables of a release build are position independent, bound at start, with a
# read-only relocation table, no executable stack and no search path of their own.
. "$(dirname "$0")/lint.inc.sh"
need readelf
[ -n "${CARDEX_RELEASE_BIN:-}" ] || {
    echo 'skipped: no release build (CARDEX_RELEASE_BIN)'
    exit 77
}

count=0
for program in cardexd cardex; do
    file=$CARDEX_RELEASE_BIN/$program
    [ -x "$file" ] || continue
    count=$((count + 1))
    segments=$(readelf --wide --file-header --program-headers "$file")
    dynamic=$(readelf --wide --dynamic "$file")
    grep -qE 'Type: +DYN' <<<"$segments" || finding "$program: not position independent"
    grep -q 'GNU_RELRO' <<<"$segments" || finding "$program: no RELRO"
    ! grep -qE 'GNU_STACK.*RWE' <<<"$segments" || finding "$program: executable stack"
    grep -q 'BIND_NOW\|FLAGS_1.*NOW' <<<"$dynamic" || finding "$program: not bound at start"
    ! grep -qE '\((RPATH|RUNPATH)\)' <<<"$dynamic" || finding "$program: a search path of its own"
done
finish "$count" programs
