#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The npm package msgpack5rpc works with the daemon unchanged. It is fetched from the npm registry;
# the test is skipped where that or node cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for tool in node npm; do
	if ! command -v $tool >/dev/null; then
		echo "skipped: $tool is not installed"
		exit 77
	fi
done
# shellcheck source=tests/interop/serve.inc.sh
. "$here/serve.inc.sh"
mkdir "$folder/node"
(cd "$folder/node" && timeout 120 npm install --silent --no-audit --no-fund msgpack5rpc@1.1.0) \
	>"$folder/npm" 2>&1 || skip "msgpack5rpc cannot be fetched from the npm registry"
cat >"$folder/node/talk.js" <<'JS'
const net = require('net')
const Session = require('msgpack5rpc')
const socket = net.connect(process.argv[2])
const rpc = new Session()
rpc.attach(socket, socket)
const call = (method, ...params) => new Promise((resolve, reject) => {
	rpc.request(method, params, (error, result) => error ? reject(error) : resolve(result))
})
const main = async () => {
	console.log('ping', await call('ping'))
	const made = await call('create', 'customer', { name: '成都 Node', employees: 12 })
	const [, names, row] = await call('get', 'customer', made[0])
	console.log('name', row[names.indexOf('name')])
	const several = await Promise.all([1, 1, 1].map(id => call('get', 'customer', id)))
	console.log('several', several.length)
	await call('get', 'customer', 999).catch(why => console.log('error', why.message || why))
	process.exit(0)
}
main().catch(why => { console.log('failed', why); process.exit(1) })
JS
timeout 60 node "$folder/node/talk.js" "$socket" >"$folder/out" 2>&1 || fail "$(cat "$folder/out")"
cat "$folder/out"
grep -qx 'ping pong' "$folder/out" || fail "no pong"
grep -qx 'name 成都 Node' "$folder/out" || fail "no name"
grep -qx 'several 3' "$folder/out" || fail "not all replies"
grep -q 'error .*NOT_FOUND' "$folder/out" || fail "no error"
