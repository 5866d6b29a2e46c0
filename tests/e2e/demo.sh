#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./demo with ready binaries: it ends with 0, shows what it promises, leaves nothing behind; --keep
# leaves a daemon that answers; a broken build or daemon makes it fail.
set -euo pipefail
bin=${CARDEX_RELEASE_BIN:-$CARDEX_BIN}
[ -x "$bin/cardexd" ] || bin=$CARDEX_BIN
folder=$(mktemp -d)
daemon=

cleanup() {
	if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null || true; fi
	rm -rf "$folder"
}
trap cleanup EXIT

fail() {
	echo "FAILED: $*" >&2
	cat "$folder/out" "$folder/errors" >&2
	exit 1
}

demo() { # [argument…]: its exit code; what it prints in $folder/out and errors
	TMPDIR=$folder CARDEX_BIN=${use:-$bin} "$CARDEX_SOURCE/demo" "$@" \
		>"$folder/out" 2>"$folder/errors"
}

shows() {
	grep -qE -- "$1" "$folder/out" || fail "it does not show: $1"
}

left_behind() { find "$folder" -maxdepth 1 -name 'cardex-demo-*'; }

demo || fail "exit code $?"
[ -z "$(left_behind)" ] || fail "it leaves $(left_behind)"
[ "$(grep -c ' 0 unchanged, 0 skipped, 0 rejected' "$folder/out")" = \
	"$(find "$CARDEX_SOURCE/sample/data" -name '*.csv' | wc -l)" ] || fail "not every file went in"
[ "$(grep -c '^\$ cardex ' "$folder/out")" -ge 12 ] || fail "the commands are not shown"
shows '^plan: index owner,stage,amount'
shows 'info@k0007\.example'
shows '^编号 +客户名称 +城市'
shows '上海.*(有限公司|集团)'
shows 'Northwind'
shows '^商务谈判 +[1-9]'
shows '^team +revenue_base'
shows '^findings: 0'
shows 'CARDEX_URI=cardex\+unix://'
shows 'the daemon has stopped'

# Columns line up although Chinese text is twice as wide: every cell of the last column begins
# where its header does.
/usr/bin/python3 - "$folder/out" <<'PYTHON' || fail "the columns do not line up"
import sys
import unicodedata


def place_of_last_column(line):
    head = line[:line.rstrip().rindex("  ") + 2]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in head)


lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
first = next(i for i, line in enumerate(lines) if line.startswith("编号"))
rows = lines[first:first + 7]
assert len({place_of_last_column(row) for row in rows}) == 1, rows
PYTHON

demo --keep || fail "--keep: exit code $?"
daemon=$(sed -n 's/^cardexd runs as process \([0-9]*\)\. .*/\1/p' "$folder/out")
uri=$(sed -n 's/^ *export CARDEX_URI=\(cardex+unix:.*\)/\1/p' "$folder/out" | tail -n 1)
[ -n "$daemon" ] || fail "--keep does not say which process runs"
[ -n "$uri" ] || fail "--keep does not say where"
[ "$("$bin/cardex" --uri "$uri" count customer --allow-scan)" = 320 ] || fail "--keep: no answer"
kill "$daemon"
for _ in $(seq 200); do
	kill -0 "$daemon" 2>/dev/null || break
	sleep 0.05
done
if kill -0 "$daemon" 2>/dev/null; then fail "the kept daemon does not stop"; fi
daemon=

code=0
demo --keepp || code=$?
[ "$code" = 2 ] || fail "a wrong argument ends with $code"

# A daemon that ends at once.
mkdir "$folder/broken"
ln -s "$bin/cardex" "$folder/broken/cardex"
printf '#!/bin/sh\necho "cannot run today" >&2\nexit 1\n' >"$folder/broken/cardexd"
chmod +x "$folder/broken/cardexd"
if use=$folder/broken demo; then fail "a broken daemon goes unnoticed"; fi
grep -q 'cannot run today' "$folder/errors" || fail "it does not say why"
echo "demo: good"
