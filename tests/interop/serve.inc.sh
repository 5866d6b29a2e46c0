# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A cardexd with two customers on a UNIX socket, $socket, in $folder; stopped at exit.
folder=$(mktemp -d)
socket=$folder/socket
"$CARDEX_BIN/cardexd" --store "$folder/store" --listen-unix "$socket" 2>"$folder/log" &
daemon=$!
cleanup() {
	kill "$daemon" 2>/dev/null || true
	wait "$daemon" || true
	rm -rf "$folder"
}
trap cleanup EXIT
for _ in $(seq 200); do
	[ -S "$socket" ] && break
	sleep 0.05
done

fail() {
	echo "FAILED: $*"
	exit 1
}
skip() {
	echo "skipped: $*"
	exit 77
}
