#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the documentation tells people to type does what it says: every block of it marked `sh` runs
# without an error on the sample data, and so do the first sessions of README.md and the client in
# docs/protocol.md.
set -euo pipefail
bin=${CARDEX_RELEASE_BIN:-$CARDEX_BIN}
[ -x "$bin/cardexd" ] || bin=$CARDEX_BIN
folder=$(mktemp -d)
daemon=

cleanup() {
	if [ -n "$daemon" ]; then
		kill "$daemon" 2>/dev/null || true
		wait "$daemon" || true
	fi
	rm -rf "$folder"
}
trap cleanup EXIT

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

start() { # <name>: a daemon on a store of its own
	if [ -n "$daemon" ]; then
		kill "$daemon"
		wait "$daemon" || fail "cardexd ended with $?"
	fi
	"$bin/cardexd" --store "$folder/$1.store" --listen-unix "$folder/socket" 2>"$folder/log" &
	daemon=$!
	for _ in $(seq 200); do
		if "$bin/cardex" ping >/dev/null 2>&1; then return; fi
		sleep 0.05
	done
	fail "no daemon: $(cat "$folder/log")"
}

blocks() { # <language> <page>
	awk -v mark="^\`\`\`$1\$" '$0 ~ mark { inside = 1; next } /^```/ { inside = 0 } inside' \
		"$CARDEX_SOURCE/$2"
}

run_page() { # <page>: its `sh` blocks as one script, in a folder of its own
	local name
	name=$(basename "$1" .md)
	mkdir "$folder/$name"
	ln -s "$CARDEX_SOURCE/packaging" "$folder/$name/packaging"
	blocks sh "$1" >"$folder/$name.sh"
	[ -s "$folder/$name.sh" ] || fail "$1 has no block marked sh"
	(cd "$folder/$name" && bash -euo pipefail "$folder/$name.sh") >"$folder/$name.out" 2>&1 ||
		fail "$1: $(cat "$folder/$name.out")"
	echo "ok: $(grep -c '^cardex ' "$folder/$name.sh") commands of $1"
}

shows() { # <page> <text>: what a page says that comes out
	grep -qF -- "$2" "$folder/$1.out" || fail "$1: no \"$2\" in: $(cat "$folder/$1.out")"
}

export PATH=$bin:$PATH CARDEX_URI=cardex+unix://$folder/socket
start sample
for file in "$CARDEX_SOURCE"/sample/data/*.csv; do
	type=$(basename "$file" .csv)
	cardex import "${type#*-}" "$file" --key ext_id 2>>"$folder/imports"
done
run_page docs/queries.md
shows queries 'plan: index owner,stage,amount'
shows queries 'fixed by equality: owner'
shows queries 'ranges merged in order'
[ "$(grep -xE '19|58|553|630' "$folder/queries.out" | tr '\n' ' ')" = '19 58 553 630 ' ] ||
	fail "the four counts of docs/queries.md"
run_page docs/aggregates.md
shows aggregates 'sum(amount_base * probability_bp)'
shows aggregates 'plan: groups of the maintained aggregate pipeline_stage'
run_page docs/search.md
shows search '医疗器械'
shows search '"fields":{"name":'
run_page docs/import.md
shows import 'dry run, nothing was written: 2 rows: 2 created'
shows import '"2","Lambda","Bonn","nobody","","17.11.2021","P","ok",2,3,"owner: there is no user'
shows import 'Köln,1200.51'
run_page docs/operating.md
shows operating 'findings: 0'

start empty
run_page README.md
shows README '上海华星有限公司'
shows README '"revenue_base": "51867.00"'
shows README '商务谈判'
shows README 'findings: 0'

start own
run_page docs/own-data.md
shows own-data 'Team of Per Lund'
shows own-data '66.67 %'
shows own-data 'Nordwerk     2960.00'
shows own-data '01:30:00'

start other
blocks python docs/protocol.md | sed "s|/tmp/crm.sock|$folder/socket|" >"$folder/client.py"
[ "$(/usr/bin/python3 "$folder/client.py" | tail -n 1)" = 示例 ] || fail "the client of docs/protocol.md"

start compiled
blocks c README.md | sed "s|/tmp/crm.sock|$folder/socket|" >"$folder/first.c"
library=$(find "$bin/.." "$CARDEX_BUILD" -name libcardex.so -print -quit)
flags=()
if nm -D "$library" | grep __asan_init >/dev/null; then
	flags=(-fsanitize="address,undefined")
fi
cc "${flags[@]}" -I"$CARDEX_SOURCE/client" -o "$folder/first" "$folder/first.c" "$library"
cardex create customer name=示例有限公司 >"$folder/made"
LD_LIBRARY_PATH=$(dirname "$library") "$folder/first" >"$folder/first.out" 2>&1 ||
	fail "the C program of README.md: $(cat "$folder/first.out")"
[ "$(cat "$folder/first.out")" = 示例有限公司 ] || fail "the C program prints: $(cat "$folder/first.out")"
echo "docs: good"
