#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Operations of the trade with the tool, as people use it.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/e2e.inc.sh"

daemon_start
cardex create team name=Sales
cardex create user login=zhang name=张 team=1
cardex create user login=li name=李 team=1
cardex import stage "$here/maps/stages.csv" --key code
cardex create product sku=P-1 name=产品 list_price=100
cardex create customer name=上海华东医疗有限公司 owner=1 phone=021-55556666

# ---- convert ----
cardex create opportunity title=商机 customer=1 amount=500 close_on=2030-01-01 owner=1
cardex convert 1 ext_id=shop-1 --line product@sku=P-1,qty_milli=2000,unit_price=9.90 --dry-run
assert_contains "$out" "would be created"
cardex convert 1 ext_id=shop-1 note=备注 --line product@sku=P-1,qty_milli=2000,unit_price=9.90
assert_contains "$out" "sales_order 1 created"
assert_contains "$out" "3 records changed"
cardex --raw get sales_order 1 --columns subtotal,opportunity,status
assert_contains "$out" "1980"
cardex convert 1 ext_id=shop-1
assert_contains "$out" "sales_order 1 was there already"
cardex --format json convert 1 ext_id=shop-1
assert_contains "$out" '"id":1,'
assert_contains "$out" '"created":false'
cardex get opportunity 1 --columns state,order_count
assert_contains "$out" "won"
cardex_ends 1 convert 99
assert_contains "$errors" "NOT_FOUND"
cardex_ends 2 convert
cardex_ends 2 convert x
cardex_ends 2 convert 1 --line nonsense

# An order in another currency has its decimals.
cardex create fx_rate currency=JPY on=2020-01-01 rate_e8=5000000
cardex create opportunity title=日本 customer=1 amount=5000 currency=JPY close_on=2030-01-01 owner=1
cardex convert 2 --line product@sku=P-1,unit_price=120
cardex --raw get sales_order ext_id=convert-2 --columns subtotal,currency
assert_contains "$out" "120"
assert_contains "$out" "JPY"

# ---- reopen ----
cardex reopen opportunity 1 next_step=再谈
assert_contains "$out" "opportunity 1 is open again"
cardex reopen opportunity 1
assert_contains "$out" "opportunity 1 is open,"
cardex_ends 3 reopen customer 1
assert_contains "$errors" "opportunities and service requests can"

# ---- transfer ----
cardex transfer --to li customer 1
assert_contains "$out" "1 record got another owner"
cardex transfer --to li --from zhang --type opportunity --where "title = 日本" --dry-run
assert_contains "$out" "1 record would get another owner"
cardex --format json transfer --to 2 --from zhang --type opportunity,sales_order
assert_equal "$out" '{"transferred":4}'
cardex transfer --to li --from zhang
assert_contains "$out" "0 records got another owner"
cardex_ends 1 transfer --to nobody customer 1
cardex_ends 2 transfer --to li
cardex_ends 2 transfer customer 1

# ---- duplicates ----
cardex duplicates name=华东医疗 phone="+86 21 55556666"
assert_contains "$out" "customer 1  40  phone"
cardex duplicates name=上海华东医疗
assert_contains "$out" "customer 1  60  name"
cardex duplicates mobile=13800138000
assert_equal "$out" ""
printf 'ext_id,name,city\nA,上海华东医疗,上海\nB,别家,北京\n' >"$folder/customers.csv"
cardex_ends 1 import customer "$folder/customers.csv" --duplicates block --rejects "$folder/rejects.csv"
assert_contains "$errors" "customer 1 may be the same, by name"
assert_contains "$(cat "$folder/rejects.csv")" "上海华东医疗"
cardex import customer "$folder/customers.csv" --key ext_id --duplicates warn
assert_contains "$errors" "row 1 (line 2): is in, and may be customer 1"
assert_contains "$errors" "1 customers are like others"
cardex_ends 2 import product "$folder/customers.csv" --duplicates warn
cardex_ends 2 import customer "$folder/customers.csv" --duplicates maybe
assert_contains "$errors" '--duplicates is off, warn or block, not "maybe"'
cardex duplicates
assert_contains "$out" "customer 1  customer 3  60  name"
assert_contains "$errors" "1 found"

# ---- merge ----
cardex merge 1 3 email=info@hua.cn --dry-run
assert_contains "$out" "customer 1 would be both"
cardex merge 1 3 email=info@hua.cn
assert_contains "$out" "customer 1 is both now"
cardex get customer 3 --columns id,name,city,email
assert_contains "$out" "上海华东医疗有限公司"
assert_contains "$out" "info@hua.cn"
cardex_ends 1 update customer 3 city=X
assert_contains "$errors" "customer 3 was merged into customer 1: name that one"
cardex update customer 1 email=other@hua.cn
cardex_ends 3 unmerge 3
assert_contains "$errors" "email of customer 1 has been changed"
cardex update customer 1 email=info@hua.cn
cardex unmerge 3
assert_contains "$out" "customer 3 is apart again"
cardex get customer 3 --columns name
assert_contains "$out" "上海华东医疗"
cardex_ends 1 unmerge 3
cardex_ends 2 merge 1

# ---- rates and runs ----
cardex create fx_rate currency=JPY on=2021-01-01 rate_e8=6000000
cardex reopen opportunity 2
cardex revalue
assert_contains "$out" "1 of 1 open opportunities in other currencies took another rate"
cardex revalue --on 2020-06-01 --dry-run
assert_contains "$out" "would take another rate"
cardex_ends 2 revalue --on yesterday
cardex run tiers
assert_contains "$out" "customers"
cardex --format json run forecast --number 5 --months 3
assert_contains "$out" '"run": 5'
cardex_ends 2 run
cardex_ends 2 run nothing

for command in convert transfer merge duplicates run; do
	cardex help "$command"
	assert_contains "$out" "example"
done
cardex check
finish
