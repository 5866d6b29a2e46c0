# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by scripts that import a real data set through mapping files and compare what the tool
# then reports with figures that a Python script computes from the files alone. The sets are not
# part of the project: CARDEX_DATA names their folder, or they lie in shared/data beside the
# project; otherwise the test is skipped.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/e2e.inc.sh"
maps=$here/maps

# figures_begin SET: its folder is in $data, an empty store is served.
figures_begin() {
	data=${CARDEX_DATA:-$(dirname "$CARDEX_SOURCE")/shared/data}/$1
	if [ ! -d "$data" ]; then
		echo "skipped: no data set $1 (set CARDEX_DATA to the folder of the sets)"
		exit 77
	fi
	daemon_start
}

# load TYPE MAP FILE [OPTION…]: every row must go in.
load() {
	local kind=$1 map=$2 file=$3
	shift 3
	cardex import "$kind" "$file" --map "$maps/$map.json" "$@"
	assert_contains "$errors" " 0 rejected"
}

# figures_compare ARGUMENT…: what the script beside this one finds, then the whole store.
figures_compare() {
	CARDEX=$CARDEX ends 0 /usr/bin/python3 "${0%.sh}.py" "$@"
	printf '%s\n' "$out"
	cardex check
}
