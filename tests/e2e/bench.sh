#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/run at a tiny scale gives a table in which every system has done something and nothing
# has failed; what cannot be measured fails loudly. Peers are in it where they are installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
CARDEX_BIN=$(cd "${CARDEX_RELEASE_BIN:-$CARDEX_BIN}" && pwd)
export CARDEX_BIN
bench=$CARDEX_BIN/cardex-bench
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
	echo "FAILED: $*" >&2
	tail -n 30 "$out"/*.log "$out"/table.txt >&2 2>/dev/null || true
	exit 1
}

[ -x "$bench" ] || {
	echo 'skipped: cardex-bench was not built'
	exit 77
}

in_build() {
	"$bench" --help | grep -q "^  $1 "
}

systems=cardex,libcardex,engine
! in_build sqlite || systems+=,sqlite
! command -v redis-server >/dev/null || systems+=,redis
! command -v tarantool >/dev/null || systems+=,tarantool
if in_build postgres && [ -x /usr/lib/postgresql/15/bin/postgres ]; then
	systems+=,postgres
fi

bench/run --scale 0.01 --seconds 0.05 --rounds 1 --systems "$systems" \
	--only R1,R3,W2,M1 --shapes 50/1,64/1,16/8,1/1 --out "$out" >"$out/run.log" 2>&1 ||
	fail 'bench/run has failed'

# Of each system a line in which both the rate and a latency are not zero.
for system in ${systems//,/ }; do
	awk -v name="$system" '$3 == name { n++; if ($4 == "0") zero++ }
		END { exit !(n >= 2 && !zero) }' "$out/table.txt" ||
		fail "$system has a rate of zero or no line"
done
awk -F, 'NR > 1 && ($12 != 0 || $6 == 0) { exit 1 }' "$out/results.csv" ||
	fail 'there are failures, or operations that did nothing'

for system in cardex libcardex redis tarantool; do
	! "$bench" run --system "$system" --at "$out/nobody" --seconds 0.1 --only R1 \
		>"$out/nobody.log" 2>&1 || fail "$system: nothing to measure is no failure"
done
"$bench" load --system engine --at "$out/small" --scale 0.001 >"$out/load.log"
! "$bench" run --system engine --at "$out/small" --scale 0.01 --seconds 1 --only R1 \
	>"$out/small.log" 2>&1 || fail 'records that are not there are no failure'

# Pages and costs: a line for each list and each variant, with a ratio that is a number.
"$bench" pages --system engine --at "$out/small" --seconds 0.05 >"$out/pages.log" ||
	fail 'pages has failed'
awk 'NR > 1 { n++; if ($(NF - 2) <= 0 || $NF < 20) bad++ } END { exit !(n == 5 && !bad) }' \
	"$out/pages.log" || fail 'pages has not measured five lists'
"$bench" costs --system engine --at "$out/costs" --scale 0.002 --round 3 >"$out/costs.log" ||
	fail 'costs has failed'
awk 'NR > 1 { n++; if ($(NF - 1) <= $NF || $(NF - 2) <= 0) bad++ }
	NR == 2 { all = $(NF - 1) } NR > 2 && $(NF - 1) >= all { bad++ }
	END { exit !(n == 5 && !bad) }' "$out/costs.log" ||
	fail 'costs has not measured five variants, or one puts no fewer bytes'
[ ! -e "$out/costs" ] || fail 'costs has left a store behind'
! "$bench" costs --system engine --at "$out/small" --scale 0.002 >"$out/kept.log" 2>&1 ||
	fail 'costs has gone into a store that was there'
[ -e "$out/small" ] || fail 'costs has removed a store that was there'

# Reports: a line for each, with times, keys and records that are numbers above zero.
"$bench" reports --system engine --at "$out/firm" --scale 0.002 --seconds 0.05 \
	>"$out/reports.log" || fail 'reports has failed'
awk 'NR > 1 { n++; for (i = NF - 6; i <= NF; i++) if ($i <= 0) bad++ }
	END { exit !(n == 6 && !bad) }' "$out/reports.log" ||
	fail 'reports has not measured six reports'
[ ! -e "$out/firm" ] || fail 'reports has left a store behind'
! "$bench" reports --system engine --at "$out/small" --scale 0.002 >"$out/kept.log" 2>&1 ||
	fail 'reports has gone into a store that was there'
[ -e "$out/small" ] || fail 'reports has removed a store that was there'
echo "measured: $systems"
