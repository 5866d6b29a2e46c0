#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real data sets go in through the tool by mapping files, and what is then in the store equals
# figures that an independent script computes from the files. The sets are not part of the project:
# CARDEX_DATA names their folder, or they lie in shared/data beside the project; otherwise
# the test is skipped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=${CARDEX_DATA:-$(dirname "$CARDEX_SOURCE")/shared/data}
if [ ! -d "$data" ]; then
	echo "skipped: no data sets (set CARDEX_DATA to their folder)"
	exit 77
fi
bin=${CARDEX_RELEASE_BIN:-$CARDEX_BIN}
[ -x "$bin/cardexd" ] || bin=$CARDEX_BIN
maps=$here/maps
folder=$(mktemp -d)
daemon=

stop() {
	if [ -n "$daemon" ]; then
		kill "$daemon" && wait "$daemon"
		daemon=
	fi
}
cleanup() {
	stop || true
	rm -rf "$folder"
}
trap cleanup EXIT

start() {
	rm -rf "$folder/store" "$folder/store-lock"
	"$bin/cardexd" --store "$folder/store" --listen-unix "$folder/socket" 2>"$folder/log" &
	daemon=$!
	for _ in $(seq 200); do
		"$bin/cardex" ping >"$folder/pong" 2>&1 && return
		sleep 0.05
	done
	cat "$folder/log"
	exit 1
}
export CARDEX=$bin/cardex CARDEX_URI=cardex+unix://$folder/socket

fail() {
	echo "FAILED: $*"
	exit 1
}

# import TYPE MAP FILE: every row must go in.
import() {
	echo "import $1 from $(basename "$3")"
	"$CARDEX" import "$1" "$3" --map "$maps/$2.json" --rejects "$folder/rejects.csv"
}

# import_rejecting COUNT TYPE MAP FILE: so many rows must be refused, and be in the reject file.
import_rejecting() {
	local expected=$1 status=0
	shift
	echo "import $1 from $(basename "$3"), expecting $expected rejects"
	rm -f "$folder/rejects.csv"
	"$CARDEX" import "$1" "$3" --map "$maps/$2.json" --rejects "$folder/rejects.csv" || status=$?
	[ "$status" = 1 ] || fail "exit $status, not 1"
	local found
	found=$(/usr/bin/python3 -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
assert all(r["_reason"] and r["_row"] for r in rows)
print(len(rows))' "$folder/rejects.csv")
	[ "$found" = "$expected" ] || fail "$found rejects, not $expected"
}

verify() {
	/usr/bin/python3 "$here/real_data.py" "$1" "$2"
	"$CARDEX" check >"$folder/check" || fail "$(cat "$folder/check")"
	echo "$1: verified"
	stop
}

# organisation CURRENCY: the one its figures are in; the sets have no rates of exchange.
organisation() {
	"$CARDEX" create org base_currency="$1" utc_offset_min=0 >"$folder/out"
}

stages() {
	"$CARDEX" import stage "$maps/stages.csv" --key code
}

maven() {
	local set=$data/maven-crm refused
	[ -d "$set" ] || return 0
	start
	organisation USD
	stages
	import team maven/team "$set/sales_teams.csv"
	import user maven/user "$set/sales_teams.csv"
	import product maven/product "$set/products.csv"
	import customer maven/customer "$set/accounts.csv"
	refused=$(/usr/bin/python3 -c '
import csv, sys
rows = csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))
print(sum(1 for r in rows if not r["account"] or r["product"] == "GTXPro"))' "$set/sales_pipeline.csv")
	import_rejecting "$refused" opportunity maven/opportunity_strict "$set/sales_pipeline.csv"
	"$CARDEX" create customer name="No account" ext_id="(no account)" >"$folder/out"
	import opportunity maven/opportunity "$set/sales_pipeline.csv"
	verify maven "$set"
}

salesforce() {
	local set=$data/salesforce-data-cloud refused
	[ -d "$set" ] || return 0
	start
	organisation USD
	stages
	"$CARDEX" create team name=Salesforce ext_id=SF >"$folder/out"
	"$CARDEX" create customer name=None ext_id="(none)" >"$folder/out"
	import user salesforce/user "$set/Account.csv"
	import customer salesforce/customer "$set/Account.csv"
	import contact salesforce/contact "$set/Contact.csv"
	import contact salesforce/lead "$set/Lead.csv"
	import opportunity salesforce/opportunity "$set/Opportunity.csv"
	import campaign salesforce/campaign "$set/Campaign.csv"
	# Of each pair one row goes in, and none whose contact belongs to an account: the touches
	# here are of the customer "(none)".
	refused=$(/usr/bin/python3 -c '
import csv, sys
members, contacts = (list(csv.DictReader(open(path, encoding="utf-8-sig", newline=""))) for path in sys.argv[1:])
owned = {r["Id"] for r in contacts if r["AccountId"]}
print(len(members) - len({(r["CampaignId"], r["LeadOrContactId"]) for r in members
                          if r["LeadOrContactId"] not in owned}))' "$set/CampaignMember.csv" "$set/Contact.csv")
	[ "$refused" -gt 0 ] || fail "no member is a contact of an account"
	import_rejecting "$refused" campaign_touch salesforce/campaign_touch "$set/CampaignMember.csv"
	import service_request salesforce/service_request "$set/Case.csv"
	import activity salesforce/activity "$set/Task.csv"
	verify salesforce "$set"
}

superstore() {
	local set=$data/zh-superstore
	[ -d "$set" ] || return 0
	start
	"$CARDEX" create team name=店 ext_id=shop >"$folder/out"
	"$CARDEX" create user login=shop name=店 team@ext_id=shop role=rep >"$folder/out"
	import customer superstore/customer "$set/订单.csv"
	import product superstore/product "$set/订单.csv"
	import sales_order superstore/sales_order "$set/订单.csv"
	import order_line superstore/order_line "$set/订单.csv"
	import sales_order superstore/sales_order_confirmed "$set/订单.csv"
	verify superstore "$set"
}

tickets() {
	local set=$data/support-tickets
	[ -d "$set" ] || return 0
	start
	"$CARDEX" create team name=Care ext_id=care >"$folder/out"
	"$CARDEX" create user login=care name=Care team@ext_id=care role=service >"$folder/out"
	"$CARDEX" create customer name=People ext_id="(people)" kind=individual >"$folder/out"
	import product tickets/product "$set/customer_support_tickets.csv"
	import contact tickets/contact "$set/customer_support_tickets.csv"
	import service_request tickets/service_request "$set/customer_support_tickets.csv"
	import feedback tickets/feedback "$set/customer_support_tickets.csv"
	verify tickets "$set"
}

waimai() {
	local set=$data/zh-waimai
	[ -d "$set" ] || return 0
	start
	"$CARDEX" create customer name=食客 ext_id="(eaters)" kind=individual >"$folder/out"
	import feedback waimai/feedback "$set/waimai_10k.csv"
	verify waimai "$set"
}

maven
salesforce
superstore
tickets
waimai
