#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Neovim's own MessagePack-RPC client works with the daemon unchanged: requests, replies of every
# kind, errors as it can show them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v nvim >/dev/null; then
	echo "skipped: neovim is not installed"
	exit 77
fi
# shellcheck source=tests/interop/serve.inc.sh
. "$here/serve.inc.sh"
cat >"$folder/talk.lua" <<'LUA'
local socket, out = vim.env.CARDEX_SOCKET, io.open(vim.env.CARDEX_OUT, "w")
local channel = vim.fn.sockconnect("pipe", socket, { rpc = true })
assert(channel > 0, "no channel")
local function call(...) return vim.rpcrequest(channel, ...) end
out:write("ping ", call("ping"), "\n")
local made = call("create", "customer", { name = "上海 Neovim 有限公司", employees = 7 })
out:write("id ", made[1], " rev ", made[2], "\n")
local got = call("get", "customer", made[1])
for i, name in ipairs(got[2]) do
	if name == "name" then out:write("name ", got[3][i], "\n") end
end
local page = call("query", "customer", { filter = { "prefix~", "name", "上海" }, limit = 5 })
out:write("rows ", #page[3], " ", page[5], "\n")
local ok, why = pcall(call, "get", "customer", 999)
out:write("error ", tostring(ok), " ", tostring(why), "\n")
vim.rpcnotify(channel, "whatever", 1) -- unknown notifications are passed over
out:write("ping ", call("ping"), "\n")
out:close()
LUA
CARDEX_SOCKET=$socket CARDEX_OUT=$folder/out timeout 60 \
	nvim --headless -u NONE -c "luafile $folder/talk.lua" -c 'qall!' 2>"$folder/errors" ||
	fail "$(cat "$folder/errors")"
cat "$folder/out"
grep -qx 'ping pong' "$folder/out" || fail "no pong"
grep -qx 'id 1 rev 1' "$folder/out" || fail "no id"
grep -qx 'name 上海 Neovim 有限公司' "$folder/out" || fail "no name"
grep -qx 'rows 1 done' "$folder/out" || fail "no rows"
grep -q 'error false .*NOT_FOUND: customer 999' "$folder/out" || fail "the error is not shown"
