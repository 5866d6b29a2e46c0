#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sales of years ago go in as they happened: each opportunity is made at the day it began and won
# or lost at the day it ended, and the pipeline of any day since is what the file says it was.
# The data set is not part of the project: CARDEX_DATA names its folder, or it lies in
# shared/data beside the project; otherwise the test is skipped.
here=$(cd "$(dirname "$0")" && pwd)
data=${CARDEX_DATA:-$(dirname "$CARDEX_SOURCE")/shared/data}/maven-crm
if [ ! -d "$data" ]; then
	echo "skipped: no data set (set CARDEX_DATA to its folder)"
	exit 77
fi
. "$here/e2e.inc.sh"
maps=$here/maps

daemon_start
cardex create org base_currency=USD utc_offset_min=0
cardex import stage "$maps/stages.csv" --key code
cardex import team "$data/sales_teams.csv" --map "$maps/maven/team.json"
/usr/bin/python3 - "$data/sales_teams.csv" >"$folder/users.csv" <<'PYTHON'
import csv, sys
rows = csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline=""))
out = csv.writer(sys.stdout)
out.writerow(["ext_id", "login", "name", "team.ext_id"])
for row in rows:
    name = row["sales_agent"]
    out.writerow([name, name.lower().replace(" ", "."), name, row["regional_office"]])
PYTHON
cardex import user "$folder/users.csv" --key ext_id
for part in product:products customer:accounts; do
	cardex import "${part%:*}" "$data/${part#*:}.csv" --map "$maps/maven/${part%:*}.json"
done
cardex create customer name="No account" ext_id="(no account)"

cardex import opportunity "$data/sales_pipeline.csv" --map "$maps/maven/opportunity_begun.json" --dry-run
assert_contains "$errors" "8800 created"
cardex import opportunity "$data/sales_pipeline.csv" --map "$maps/maven/opportunity_begun.json"
assert_contains "$errors" "8800 rows: 8800 created"
cardex import opportunity "$data/sales_pipeline.csv" --map "$maps/maven/opportunity_ended.json" \
	--at close_date
assert_contains "$errors" "6711 updated"
assert_contains "$errors" "2089 skipped"
# Once more changes nothing.
cardex import opportunity "$data/sales_pipeline.csv" --map "$maps/maven/opportunity_ended.json" \
	--at close_date
assert_contains "$errors" "0 updated, 6711 unchanged"

# What has not happened yet, and what is no time.
printf 'ext_id,name,when\nX,X,2999-01-01\n' >"$folder/future.csv"
printf '{"fields": {"ext_id": "ext_id", "name": "name"}}' >"$folder/map.json"
cardex_ends 1 import customer "$folder/future.csv" --map "$folder/map.json" --at when
assert_contains "$errors" "what is to come has not happened yet"
cardex_ends 2 import customer "$folder/future.csv" --map "$folder/map.json" --at nothing
assert_contains "$errors" 'the file has no column "nothing"'
cardex_ends 2 import customer "$folder/future.csv" --map "$folder/map.json" --at name
assert_contains "$errors" "--at name: it is neither a date nor a time"

CARDEX=$CARDEX ends 0 /usr/bin/python3 "$here/history.py" "$data/sales_pipeline.csv"
cardex check
finish
