#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The RPC session of python3-pynvim works with the daemon unchanged; it begins with a notification
# whose name is bytes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import pynvim' 2>/dev/null; then
	echo "skipped: python3-pynvim is not installed"
	exit 77
fi
# shellcheck source=tests/interop/serve.inc.sh
. "$here/serve.inc.sh"
timeout 60 /usr/bin/python3 - "$socket" >"$folder/out" <<'PYTHON' || fail "$(cat "$folder/out")"
import sys
from pynvim.msgpack_rpc import socket_session

session = socket_session(sys.argv[1])  # sends the notification nvim_set_client_info
session.error_wrapper = lambda error: RuntimeError(error)
print("ping", session.request("ping"))
made = session.request("create", "customer", {"name": "北京 Pynvim"})
names, row = session.request("get", "customer", made[0])[1:]
print("name", row[names.index("name")])
try:
    session.request("get", "customer", 999)
except RuntimeError as why:
    print("error", why)
print("count", session.request("count", "customer", None))
session.close()
PYTHON
cat "$folder/out"
grep -qx 'ping pong' "$folder/out" || fail "no pong"
grep -qx 'name 北京 Pynvim' "$folder/out" || fail "no name"
grep -q 'error .*NOT_FOUND' "$folder/out" || fail "no error"
grep -qx 'count 1' "$folder/out" || fail "no count"
