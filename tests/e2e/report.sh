#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reports as a user meets them: the list, every format, charts, what is said when something is
# wrong. Their figures: tests/crm/test_report_*.c.
. "$(dirname "$0")/e2e.inc.sh"

cardex help report
assert_contains "$out" '--chart FILE'
cardex_ends 4 report

daemon_start
cardex report
for name in customer board pipeline movement; do
	assert_contains "$out" "$name"
done
assert_contains "$out" 'All about one customer'
cardex --lang zh report
assert_contains "$out" '单个客户的全貌'
cardex --format json report
assert_contains "$out" '"name": "customer"'
cardex report customer --params
assert_contains "$out" '(required)'
assert_contains "$out" 'activities'
cardex_ends 2 report nothing --params
assert_contains "$errors" 'there is no report "nothing"'

cardex create team name=东区
cardex create user login=zhang name=张伟 team=1
cardex create stage code=new label_zh=初步接触 label_en=Prospecting seq=1 probability_bp=1000
cardex create stage code=won label_zh=赢单 label_en=Won seq=2 kind=won probability_bp=10000
cardex create customer name=上海华星 owner=1 potential_base=12.50 ext_id=K-1
cardex create opportunity title=扩容 customer=1 stage=1 amount=1234.50 close_on=2026-12-01 owner=1
cardex create contact customer=1 name='=HYPERLINK("x")' is_primary=true

# Tables: names of records, decimals, labels by language.
cardex report customer customer=1
assert_contains "$out" '上海华星'
assert_contains "$out" '张伟'
assert_contains "$out" '12.50'
cardex report customer customer=K-1
assert_contains "$out" '上海华星'
cardex --lang zh report customer customer=1 --section contacts
assert_contains "$out" '联系人姓名'
case $out in *最近活动*) fail "one section was asked for" ;; esac
cardex report board cards=1
assert_contains "$out" 'Prospecting'
cardex --lang zh report board
assert_contains "$out" '初步接触'
assert_contains "$out" '销售阶段'
cardex --raw report customer customer=1
assert_contains "$out" '1250'

# What a column begins at is the same in every line, also with Chinese before it.
cardex --lang zh report board --section stages
header=$(printf '%s\n' "$out" | grep -n 商机数)
assert_contains "$header" 加权金额

# CSV and JSON for other programs.
cardex report customer customer=1 --section customer --format csv
assert_contains "$out" 'id,name,short_name'
assert_contains "$out" 'owner,owner_name'
assert_contains "$out" '1,张伟'
cardex --csv-guard report customer customer=1 --section contacts --format csv
assert_contains "$out" "'=HYPERLINK"
cardex report customer customer=1 --format csv
assert_equal "$(printf '%s\n' "$out" | grep -c '^$')" 7
cardex report customer customer=1 now=2026-11-23 --format json
assert_equal "$(printf '%s' "$out" | /usr/bin/python3 -c '
import json, sys
report = json.load(sys.stdin)
customer = report["sections"]["customer"]["rows"][0]
print(report["report"], report["as_of"], report["currency"], customer["name"], customer["owner"],
      customer["owner_name"], customer["potential_base"], len(report["sections"]))')" \
	'customer 2026-11-22T16:00:00Z CNY 上海华星 1 张伟 12.50 8'
# Every row has every column, also where there is nobody to name.
cardex create customer name=无主 ext_id=K-2
cardex --format json report customer customer=K-2 --section customer
assert_contains "$out" '"owner_name": null'
cardex --format ndjson report board --section stages
assert_contains "$out" '"section":"stages"'
assert_contains "$out" '"stage_name":"Prospecting"'
cardex report board --cost
assert_contains "$errors" ' keys, '
assert_contains "$errors" '; as of 20'
assert_contains "$errors" 'Z, seq '

# What is wrong is said.
cardex_ends 3 report nothing
assert_contains "$errors" 'there is no report "nothing"'
cardex_ends 3 report customer
assert_contains "$errors" 'needs the parameter customer'
cardex_ends 1 report customer customer=9
cardex_ends 3 report board colour=red
assert_contains "$errors" 'takes no parameter "colour"'
cardex_ends 3 report board cards=many
cardex_ends 3 report board --max-scan 1
assert_contains "$errors" 'SCAN_LIMIT'
cardex_ends 2 report board cards
assert_contains "$errors" 'NAME=VALUE'
cardex_ends 2 report board --section nothing
cardex_ends 2 report board --format xml
cardex_ends 2 report board --chart "$folder/board.gif"
assert_contains "$errors" '.svg or .png'
cardex_ends 2 report customer customer=1 --section feedback --chart "$folder/none.svg"
assert_contains "$errors" 'no rows'
# Months without a forecast are rows without a figure.
cardex_ends 2 report forecast --section forecast --chart "$folder/none.svg"
assert_contains "$errors" 'no rows'

# A table has the meaning of its words in the language of the reader, CSV in both.
cardex --lang zh report receivables
assert_contains "$out" '无到期日'
assert_lacks "$out" 'No due date'
cardex --lang en report receivables
assert_contains "$out" 'No due date'
assert_lacks "$out" '无到期日'
cardex report receivables --section ages
assert_contains "$out" 'undated'
assert_lacks "$out" 'label_'
cardex report receivables --section ages --format csv
assert_contains "$out" 'undated,No due date,无到期日,'

# Charts; without gnuplot the tool says what it needs.
if command -v gnuplot >/dev/null; then
	cardex --lang zh report board --section stages --chart "$folder/board.svg"
	assert_contains "$(cat "$folder/board.svg")" '<svg'
	assert_contains "$(cat "$folder/board.svg")" '初步接触'
	cardex report board --chart "$folder/it's a board.png"
	assert_contains "$(head -c 8 "$folder/it's a board.png" | od -An -c)" 'P   N   G'
	cardex_ends 5 report board --chart "$folder/none/board.svg"
	assert_contains "$errors" "cannot write $folder/none/board.svg"
	assert_equal "$out" ''
	# What stands for itself is told in the language of the reader.
	cardex --lang zh report receivables --chart "$folder/ages.svg"
	assert_contains "$(cat "$folder/ages.svg")" '无到期日'
fi
mkdir "$folder/bin"
ends 5 env PATH="$folder/bin" "$CARDEX" report board --chart "$folder/none.svg"
assert_contains "$errors" 'install the package gnuplot-nox'
[ ! -e "$folder/none.svg" ] || fail "an empty chart is left"
finish
