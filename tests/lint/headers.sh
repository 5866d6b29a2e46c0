#!/usr/bin/env bash
# Every header compiles alone and twice, says its license, and those installed are also C99
# and C++.
. "$(dirname "$0")/lint.inc.sh"
need pkg-config

cc=${CC:-cc}
flags=(-D_GNU_SOURCE -I. -Wall -Wextra -Wpedantic -Wundef -Werror -fsyntax-only)
# shellcheck disable=SC2207 # words are wanted
flags+=($(pkg-config --cflags libedit libutf8proc))
installed=(client/cardex.h client/cardex_value.h client/cardex_report.h client/cardex_trade.h)

compiles() {
    local header=$1
    shift
    printf '#include "%s"\n#include "%s"\ntypedef int not_empty;\n' "$header" "$header" | "$@" "${flags[@]}" - ||
        finding "$header: does not compile alone: $*"
}

mapfile -t all < <(headers)
for header in "${all[@]}"; do
    compiles "$header" "$cc" -std=c11 -x c
    grep -q '^#pragma once$\|^#ifndef CARDEX\(_VALUE\|_REPORT\|_TRADE\)\?_H$' "$header" || finding "$header: no #pragma once"
done
for header in "${installed[@]}"; do
    [ -f "$header" ] || continue
    compiles "$header" "$cc" -std=c99 -x c
    if command -v c++ >/dev/null; then
        compiles "$header" c++ -std=c++11 -x c++
    fi
done
while IFS= read -r file; do
    IFS= read -r first <"$file" || true
    [[ $first == '/* SPDX-License-Identifier: Apache-2.0'* ]] ||
        finding "$file: the first line is not the SPDX line"
done < <(c_files)
finish "${#all[@]}" headers
