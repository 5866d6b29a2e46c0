#!/usr/bin/env bash
# The lints themselves: each passes on a small clean tree and fails, naming the place, once
# a violation is planted there. A lint that cannot fail would be found here.
. "$(dirname "$0")/lint.inc.sh"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tree=$root/tree
build=$root/build
cases=0

plant() { # <path> <line>...: a C file with its license line
    local path=$tree/$1
    shift
    mkdir -p "$(dirname "$path")"
    {
        echo '/* SPDX-License-Identifier: Apache-2.0 */'
        case $path in *.h) echo '#pragma once' ;; esac
        printf '%s\n' "$@"
    } >"$path"
}

archive() { # <module> <C text>
    mkdir -p "$build/$1"
    printf '%s\n' "$2" | cc -w -x c -c -o "$build/$1/x.o" -
    rm -f "$build/$1/libcardex_$1.a"
    ar rc "$build/$1/libcardex_$1.a" "$build/$1/x.o"
}

public_library() { # <C text>
    mkdir -p "$build/client"
    printf '%s\n' "$1" | cc -w -x c -shared -fPIC -o "$build/client/libcardex.so" -
}

program() { # <flag>...
    mkdir -p "$build/bin"
    echo 'int main(void) { return 0; }' | cc "$@" -x c -o "$build/bin/cardexd" -
}

compile_commands() { # <path>
    printf '[{"directory": "%s", "command": "cc -I. -c %s", "file": "%s"}]\n' \
        "$tree" "$tree/$1" "$tree/$1" >"$build/compile_commands.json"
}

hardened=(-O2 -fPIE -pie "-Wl,-z,relro,-z,now,-z,noexecstack")

clean_tree() {
    rm -rf "$tree" "$build"
    mkdir -p "$tree" "$build"
    cp "$CARDEX_SOURCE/.clang-format" "$CARDEX_SOURCE/.clang-tidy" "$tree"
    plant base/count.h '' 'int cx_count(int start);'
    plant base/count.c '#include "base/count.h"' '' 'int cx_count(int start)' '{' \
        '	return start + 1;' '}'
    plant engine/engine.h '' 'int engine_open(void);'
    plant engine/store/tree.h '' 'int engine__tree_open(void);'
    plant engine/index/key.h '' 'int engine__key_size(void);'
    plant client/cardex.h '' 'int cardex_open(void);'
    plant tests/client/test_open.c '/* cardex_open */'
    printf '#!/bin/sh\nset -eu\n' >"$tree/run.sh"
    archive base 'int cx_count(int x) { return x; }'
    archive engine 'int cx_count(int); int engine_open(void) { return cx_count(1); }'
    public_library 'int cardex_open(void) { return 0; }'
    program "${hardened[@]}"
    compile_commands base/count.c
}

lint() { # <name>: its findings in $root/out, its exit code
    local code=0
    CARDEX_SOURCE=$tree CARDEX_BUILD=$build CARDEX_RELEASE_BIN=$build/bin \
        "$here/$1.sh" >"$root/out" 2>&1 || code=$?
    return "$code"
}

# must_fail <lint> <text that its output names>
must_fail() {
    local code=0
    cases=$((cases + 1))
    lint "$1" || code=$?
    if [ "$code" -eq 77 ]; then
        echo "not tried: $(cat "$root/out")"
    elif [ "$code" -ne 1 ] || ! grep -qF -- "$2" "$root/out"; then
        finding "$1 does not notice ($2), exit code $code:" "$(cat "$root/out")"
    fi
    clean_tree
}

clean_tree
for name in api format hardening headers layers paths shellcheck sizes symbols tidy; do
    code=0
    cases=$((cases + 1))
    lint "$name" || code=$?
    case $code in 0 | 77) ;; *) finding "$name fails on a clean tree:" "$(cat "$root/out")" ;; esac
done

plant base/count.h 'int   cx_count( int start );'
must_fail format base/count.h
echo 'NoSuchOption: 1' >>"$tree/.clang-format"
must_fail format 'clang-format failed'

for _ in $(seq 701); do echo '/* line */'; done >>"$tree/base/count.c"
must_fail sizes base/count.c

# shellcheck disable=SC2016 # not to be expanded
printf '#!/bin/sh\nrm $1\n' >"$tree/run.sh"
must_fail shellcheck run.sh

# In two parts, so that the lint does not find this line.
plant base/count.h "/* see /wor""k/notes */"
must_fail paths base/count.h:3

plant base/lonely.h 'uint8_t cx_lonely(void);'
must_fail headers base/lonely.h
echo 'int cx_bare(void);' >"$tree/base/bare.h"
must_fail headers 'base/bare.h: the first line'
sed -i "/#pragma once/d" "$tree/base/count.h"
must_fail headers 'base/count.h: no #pragma once'
plant client/cardex.h 'int cardex_open(int class);'
must_fail headers client/cardex.h

archive engine 'int helper(void) { return 0; }'
must_fail symbols 'engine: exports helper'
archive engine 'int cx__grow(void); int engine_x(void) { return cx__grow(); }'
must_fail symbols 'engine: uses cx__grow'
rm -r "$build"
mkdir "$build"
must_fail symbols 'nothing was checked'

public_library 'int cardex_open(void) { return 0; } int cardex_untried(void) { return 0; }'
must_fail api cardex_untried

plant base/count.c '#include "engine/engine.h"'
must_fail layers 'base may not use engine'
plant daemon/main.c '#include "engine/index/key.h"'
must_fail layers 'private to engine'
plant engine/engine.h '#include "engine/index/key.h"'
must_fail layers 'a public header includes the private'
plant engine/index/key.h '#include "engine/index/nowhere.h"'
must_fail layers 'not a path from the root'
plant client/cardex.h '#include "base/count.h"'
must_fail layers 'installed header'
plant engine/index/key.c '#include <lmdb.h>'
must_fail layers 'engine/store/ only'
plant engine/row.c '#include <msgpack.h>'
must_fail layers 'base/ only'
plant client/call.c '#include <event2/event.h>'
must_fail layers 'daemon/ only'
plant client/call.c '#include <csv.h>'
must_fail layers 'client/cli/ only'
plant engine/index/key.h '#include "engine/store/tree.h"'
plant engine/store/tree.h '#include "engine/index/key.h"'
must_fail layers 'engine/index -> engine/store -> engine/index'
plant base/string_utils.h
must_fail layers base/string_utils.h
plant proto/read.c 'void proto_x(void) { printf("x"); }'
must_fail layers 'proto/read.c:2: prints'

# The documentation as it is, and the headers it is compared with.
documented() {
    local folder
    for folder in base client crm daemon docs engine proto; do
        cp -r "$CARDEX_SOURCE/$folder" "$tree"
    done
}
documented
lint docs || finding "docs fails on what is there:" "$(cat "$root/out")"
sed -i 's/dry_run/dryrun/' "$tree/docs/protocol.md"
must_fail docs 'table methods'
documented
sed -i '/^| 600 /d' "$tree/docs/protocol.md"
must_fail docs CURSOR_STALE
documented
sed -i 's/ENGINE_ORDER_MAX = 4/ENGINE_ORDER_MAX = 5/' "$tree/engine/query.h"
must_fail docs 'ENGINE_ORDER_MAX` is 5'
documented
echo '[gone](nowhere.md)' >>"$tree/docs/limits.md"
must_fail docs nowhere.md

plant base/count.c '#include "base/count.h"' '' 'int cx_count(int start)' '{' \
    '	int nothing = 0;' '	return start / nothing;' '}'
must_fail tidy base/count.c

program -O0 -no-pie
must_fail hardening 'cardexd: not position independent'
program -O0 -fPIE -pie -Wl,-z,execstack,-z,norelro,-z,lazy,-rpath,/opt
must_fail hardening 'cardexd: executable stack'

finish "$cases" cases
