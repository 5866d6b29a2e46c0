# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Starts the systems under test on UNIX sockets in one temporary folder and ends what it has
# started, on errors and interrupts too. Sourced by the scripts of this folder, from the root of
# the project. `address[SYSTEM]` is what cardex-bench takes as --at, `pids[SYSTEM]` the server.
shopt -s inherit_errexit
bin=${CARDEX_BIN:-build/release/bin}
postgres_bin=/usr/lib/postgresql/15/bin
folder=
declare -A address=() pids=()

say() {
	echo "== $*" >&2
}

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# The processes of a system: the server and its children.
processes_of() {
	local pid=${pids[$1]:-}
	[ -n "$pid" ] || return 0
	echo "$pid"
	pgrep -P "$pid" || true
}

# Only the system that is measured works; what others would still do in the background, they do
# in their own time.
pause() {
	local pid
	for pid in $(processes_of "$1"); do
		kill -STOP "$pid" 2>/dev/null || true
	done
}

resume() {
	local pid
	for pid in $(processes_of "$1"); do
		kill -CONT "$pid" 2>/dev/null || true
	done
}

pause_all() {
	local system
	for system in "${!pids[@]}"; do
		pause "$system"
	done
}

stop_server() { # SYSTEM [SIGNAL]
	local pid=${pids[$1]:-} signal=${2:-TERM}
	[ -n "$pid" ] || return 0
	resume "$1"
	# A TERM would have PostgreSQL wait for its clients.
	[ "$1" != postgres ] || signal=INT
	kill -"$signal" "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	unset "pids[$1]"
}

servers_end() {
	local status=$? system
	trap - EXIT INT TERM
	for system in "${!pids[@]}"; do
		stop_server "$system"
	done
	if [ "$status" != 0 ] && [ -n "$folder" ]; then
		tail -n 20 "$folder"/*.log >&2 2>/dev/null || true
	fi
	[ -z "$folder" ] || rm -rf "$folder"
	exit "$status"
}

servers_begin() {
	folder=$(mktemp -d)
	chmod 755 "$folder" # PostgreSQL's user goes through it
	trap servers_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# await SYSTEM COMMAND…: until the command succeeds; its server must not end meanwhile.
await() {
	local system=$1
	shift
	for _ in $(seq 6000); do
		! "$@" >/dev/null 2>&1 || return 0
		kill -0 "${pids[$system]}" 2>/dev/null || fail "$system has ended"
		sleep 0.01
	done
	fail "$system does not answer"
}

start_cardex() {
	address[cardex]=$folder/cardex.sock
	address[libcardex]=${address[cardex]}
	"$bin/cardexd" --store "$folder/cardex.store" --listen-unix "${address[cardex]}" \
		>>"$folder/cardex.log" 2>&1 &
	pids[cardex]=$!
	await cardex "$bin/cardex" --uri "cardex+unix://${address[cardex]}" ping
}

# All in memory, every change synced to the log before it is answered. More messages at a time
# and more bytes of them than the defaults, for the deep pipelines.
start_tarantool() { # [SECONDS between checkpoints]
	address[tarantool]=$folder/tarantool.sock
	mkdir -p "$folder/tarantool"
	cat >"$folder/tarantool.lua" <<-end
		box.cfg {
			listen = '${address[tarantool]}', work_dir = '$folder/tarantool',
			wal_mode = 'fsync', memtx_memory = 6 * 1024 ^ 3,
			net_msg_max = 4096, readahead = 131072,
			checkpoint_interval = ${1:-3600}, checkpoint_count = 1,
		}
		box.schema.user.grant('guest', 'super', nil, nil, { if_not_exists = true })
		io.open('$folder/tarantool.ready', 'w'):close()
	end
	tarantool "$folder/tarantool.lua" >>"$folder/tarantool.log" 2>&1 &
	pids[tarantool]=$!
	await tarantool test -e "$folder/tarantool.ready"
}

# The append-only file synced before each answer, no snapshots; records stay in the compact
# form of a hash although one field is longer than the default allows for it.
start_redis() {
	address[redis]=$folder/redis.sock
	redis-server --port 0 --unixsocket "${address[redis]}" --dir "$folder" --save '' \
		--appendonly yes --appendfsync always --hash-max-listpack-value 256 \
		>>"$folder/redis.log" 2>&1 &
	pids[redis]=$!
	await redis redis-cli -s "${address[redis]}" ping
}

# PostgreSQL refuses to be root. No function: in the background its process would be a shell's.
as_postgres=(env)
[ "$(id -u)" != 0 ] || as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)

# Durable by its defaults, made explicit; checksums as cardex has them; memory for all of the
# data; costs of a cached data set.
start_postgres() { # [SECONDS between checkpoints]
	local home=$folder/postgres
	address[postgres]="host=$home user=bench dbname=postgres"
	mkdir -p "$home"
	[ "$(id -u)" != 0 ] || chown postgres "$home"
	"${as_postgres[@]}" "$postgres_bin/initdb" -D "$home/data" --data-checksums --auth trust \
		--username bench --encoding UTF8 --locale C.UTF-8 >"$folder/initdb.log"
	"${as_postgres[@]}" tee -a "$home/data/postgresql.conf" >/dev/null <<-end
		listen_addresses = ''
		unix_socket_directories = '$home'
		max_connections = 200
		fsync = on
		synchronous_commit = on
		full_page_writes = on
		autovacuum = on
		shared_buffers = 1GB
		effective_cache_size = 4GB
		max_wal_size = 4GB
		checkpoint_timeout = ${1:-300}s
		random_page_cost = 1.1
		jit = off
	end
	"${as_postgres[@]}" "$postgres_bin/postgres" -D "$home/data" >>"$folder/postgres.log" 2>&1 &
	pids[postgres]=$!
	await postgres "$postgres_bin/pg_isready" -q -h "$home" -U bench -d postgres
}

# Fills a system and has it running afterwards if it is a server.
load_system() { # SYSTEM SCALE
	say "load $1"
	case $1 in
	cardex)
		"$bin/cardex-bench" load --system engine --at "$folder/cardex.store" --scale "$2" >&2
		start_cardex
		return
		;;
	engine | sqlite) address[$1]=$folder/$1.store ;;
	tarantool) start_tarantool "${checkpoint_seconds:-3600}" ;;
	redis) start_redis ;;
	postgres) start_postgres "${checkpoint_seconds:-300}" ;;
	*) fail "no system $1" ;;
	esac
	"$bin/cardex-bench" load --system "$1" --at "${address[$1]}" --scale "$2" >&2
}

# Installs what a list of systems needs and builds, unless CARDEX_BIN says what to measure.
prepare() { # SYSTEM…
	local needed=() system
	command -v gnuplot >/dev/null || needed+=(bench)
	for system in "$@"; do
		case $system in
		postgres) [ -x "$postgres_bin/postgres" ] || needed+=(bench) ;;
		tarantool) command -v tarantool >/dev/null || needed+=(bench) ;;
		redis) command -v redis-server >/dev/null || needed+=(bench) ;;
		esac
	done
	[ -z "${CARDEX_BIN:-}" ] || return 0
	scripts/install-packages build ${needed:+bench} >&2
	cmake --preset release >&2
	cmake --build --preset release --target cardex-bench cardexd cardex >&2
}
