#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The three kinds of charts as a user has them drawn, as SVG and PNG, from three years of sales: the
# pipeline as a funnel, a forecast as a line in its interval, sales against targets as bars. Skipped
# where there is no gnuplot.
. "$(dirname "$0")/e2e.inc.sh"
if ! command -v gnuplot >/dev/null; then
	echo "charts: skipped, there is no gnuplot"
	exit 77
fi

daemon_start
cardex import stage "$CARDEX_SOURCE/packaging/stages.csv" --key code
cardex create team name=东区
cardex create user login=zhang name=张伟 team=1
cardex create product sku=P-1 name=产品 list_price=100
cardex create customer name=上海华星 owner=1 ext_id=K-1

# An order a month of the last 36, more each year and much in December, and targets of them.
/usr/bin/python3 - "$folder" <<'PYTHON'
import csv
import datetime
import os
import sys

today = datetime.date.today()


def month(back):
    number = today.year * 12 + today.month - 1 - back
    return datetime.date(number // 12, number % 12 + 1, 1)


def write(name, header, rows):
    with open(os.path.join(sys.argv[1], name), "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def units(n):
    return 40 + n + (30 if month(36 - n).month == 12 else 0)


write("orders.csv", ["ext_id", "customer.ext_id", "owner.login", "ordered_on"],
      [[f"O-{n}", "K-1", "zhang", month(36 - n)] for n in range(36)])
write("lines.csv", ["order.ext_id", "line_no", "product.sku", "qty_milli", "unit_price"],
      [[f"O-{n}", 1, "P-1", 1000 * units(n), "100"] for n in range(36)])
write("confirmed.csv", ["ext_id", "status", "day"],
      [[f"O-{n}", "confirmed", month(36 - n).replace(day=12)] for n in range(36)])
write("targets.csv", ["scope", "user.login", "period", "metric", "value"],
      [["user", "zhang", month(36 - n), metric, value]
       for n in range(30, 36) for metric, value in (("revenue", 900000), ("orders", 2))])
PYTHON
cardex import sales_order "$folder/orders.csv" --key ext_id
cardex import order_line "$folder/lines.csv"
printf '%s\n' '{"type":"sales_order","key":"ext_id","at":"day",' \
	'"fields":{"ext_id":"ext_id","status":"status"}}' >"$folder/confirmed.json"
cardex import sales_order "$folder/confirmed.csv" --map "$folder/confirmed.json"
assert_contains "$errors" '36 updated'
cardex import sales_target "$folder/targets.csv"
assert_contains "$errors" '12 created'
for stage in prospecting:900 qualification:500 proposal:300 negotiation:100; do
	cardex create opportunity title=商机 customer=1 owner=1 "stage@code=${stage%:*}" \
		"amount=${stage#*:}" close_on=2030-01-01
done

# draw NAME REPORT…: as SVG and PNG, each in both languages.
draw() {
	local name=$1 language
	shift
	for language in en zh; do
		cardex --lang "$language" report "$@" --chart "$folder/$name-$language.svg"
		cardex --lang "$language" report "$@" --chart "$folder/$name-$language.png"
		assert_equal "$errors" ''
	done
}
draw funnel board --section stages
draw forecast forecast
draw revenue performance owner=zhang --section months
draw orders performance owner=zhang metric=orders --section months
if [ -n "${CHARTS_KEEP:-}" ]; then cp "$folder"/*.svg "$folder"/*.png "$CHARTS_KEEP"; fi

/usr/bin/python3 "$CARDEX_SOURCE/tests/e2e/charts.py" "$folder" >"$folder/out" 2>"$folder/errors" ||
	fail "the charts"
finish
