# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by scripts that use the programs as a user does: a folder of their own, a daemon on a
# UNIX socket in it, and claims about what a command prints and how it ends. The script that
# sources it ends with `finish`.
set -euo pipefail
bin=${CARDEX_RELEASE_BIN:-$CARDEX_BIN}
[ -x "$bin/cardexd" ] || bin=$CARDEX_BIN
CARDEX=$bin/cardex
folder=$(mktemp -d)
export CARDEX_URI=cardex+unix://$folder/socket
daemon=
claims=0

daemon_start() {
	"$bin/cardexd" --store "$folder/store" --listen-unix "$folder/socket" \
		2>>"$folder/log" &
	daemon=$!
	for _ in $(seq 400); do
		"$CARDEX" ping >/dev/null 2>&1 && return
		kill -0 "$daemon" 2>/dev/null || break
		sleep 0.05
	done
	fail "the daemon does not answer"
}

daemon_stop() {
	local process=$daemon
	[ -n "$process" ] || return 0
	daemon=
	kill "$process" && wait "$process"
}

cleanup() {
	daemon_stop || true
	rm -rf "$folder"
}
trap cleanup EXIT

fail() {
	{
		echo "FAILED: $*"
		echo "--- command: ${last_command:-}"
		for name in out errors log; do
			[ -s "$folder/$name" ] || continue
			echo "--- $name"
			tail -n 40 "$folder/$name"
		done
	} >&2
	exit 1
}

# ends CODE COMMAND…: it ends with that code; what it prints is in $out, $errors and the files.
ends() {
	local expected=$1 code=0
	shift
	last_command="$*"
	"$@" >"$folder/out" 2>"$folder/errors" || code=$?
	# shellcheck disable=SC2034 # for the script that sources this
	out=$(cat "$folder/out")
	# shellcheck disable=SC2034
	errors=$(cat "$folder/errors")
	claims=$((claims + 1))
	[ "$code" = "$expected" ] || fail "it ends with $code, not $expected"
}

# cardex ARGUMENT…: it must succeed. cardex_ends CODE ARGUMENT…: it must end so.
cardex() { ends 0 "$CARDEX" "$@"; }
cardex_ends() {
	local code=$1
	shift
	ends "$code" "$CARDEX" "$@"
}

assert_equal() { # ACTUAL EXPECTED
	claims=$((claims + 1))
	[ "$1" = "$2" ] || fail "it is: $1"$'\n'"expected: $2"
}

assert_contains() { # TEXT PART
	claims=$((claims + 1))
	case $1 in
	*"$2"*) ;;
	*) fail "it does not show: $2" ;;
	esac
}

assert_lacks() { # TEXT PART
	claims=$((claims + 1))
	case $1 in
	*"$2"*) fail "it shows: $2" ;;
	esac
}

finish() {
	daemon_stop || fail "the daemon does not stop well"
	echo "$claims claims hold"
}
