#!/usr/bin/env bash
# clang-tidy has nothing to say about any C file of the build.
#
# A file whose preprocessed text, flags and list of checks are those of a clean run before
# is not run again; the cache is $CARDEX_BUILD/tidy-cache.
. "$(dirname "$0")/lint.inc.sh"
need clang-tidy
need clang
[ -x /usr/bin/python3 ] || {
    echo 'skipped: no /usr/bin/python3'
    exit 77
}
exec /usr/bin/python3 "$here/tidy.py" "$CARDEX_SOURCE" "$CARDEX_BUILD"
