#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The file of a running daemon is cut: it ends with the status of a failed disk and a line that
# says so. What is left of the file is refused.
# shellcheck source-path=SCRIPTDIR source=e2e.inc.sh
. "$(dirname "$0")/e2e.inc.sh"

daemon_start
cardex create customer name=Acme
daemon_stop # so that all of it is in the file
daemon_start
cardex get customer 1
assert_contains "$out" Acme

truncate --size=8192 "$folder/store" # only the meta pages are left
"$CARDEX" get customer 1 >"$folder/out" 2>"$folder/errors" && fail "a record is read from nothing"
process=$daemon
daemon=
code=0
wait "$process" || code=$?
assert_equal "$code" 74
last=$(tail -n 1 "$folder/log")
assert_contains "$last" 'error store unreadable file="'"$folder/store"'" offset='
assert_contains "$last" 'cause="the file was cut while it was in use"'

ends 1 "$bin/cardexd" --store "$folder/store" --listen-unix "$folder/socket"
assert_contains "$errors" "is damaged"
assert_contains "$errors" "it was cut"
finish
