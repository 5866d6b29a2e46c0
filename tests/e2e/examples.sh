#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The examples do what they say, and the same when they are run again.
set -euo pipefail
folder=$(mktemp -d)
daemon=

cleanup() {
	if [ -n "$daemon" ]; then
		kill "$daemon" || true
		wait "$daemon" || true
	fi
	rm -rf "$folder"
}
trap cleanup EXIT

fail() {
	echo "examples: $1" >&2
	exit 1
}

"$CARDEX_BIN/cardexd" --store "$folder/store" --listen-unix "$folder/socket" 2>"$folder/log" &
daemon=$!
for _ in $(seq 400); do
	[ ! -S "$folder/socket" ] || break
	sleep 0.05
done
uri=cardex+unix://$folder/socket

first=$("$CARDEX_BIN/example_quickstart" "$uri")
grep -q 'customer 1 is at revision 1 (new)' <<<"$first" || fail "$first"
grep -q 'prospect *杭州示例有限公司' <<<"$first" || fail "$first"
again=$("$CARDEX_BIN/example_quickstart" "$uri")
grep -q 'customer 1 is at revision 1$' <<<"$again" || fail "$again"
[ "$(grep -c '示例有限公司' <<<"$again")" = 2 ] || fail "$again"

[ "$("$CARDEX_BIN/example_pipeline" "$uri" 3000)" = '3000 made, 0 refused' ] || fail pipeline
[ "$("$CARDEX_BIN/example_pipeline" "$uri" 3000)" = '3000 made, 0 refused' ] || fail 'pipeline again'

if "$CARDEX_BIN/example_quickstart" "$uri-not" 2>"$folder/error"; then
	fail 'connected to nobody'
fi
grep -q 'cannot connect: DISCONNECTED' "$folder/error" || fail "$(cat "$folder/error")"
