#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How mapping files make amounts: divided by a quantity, taken back to before a discount, rounded;
# what cannot be is said. Whole files of other systems: real_data.sh, figures_*.sh.
. "$(dirname "$0")/e2e.inc.sh"

# map MONEY: lines whose unit price is made so.
map() {
	printf '{"key": "ext_id", "fields": {"ext_id": "id", "order": {"value": "O-1", "lookup": "ext_id"},
	"line_no": "id", "product": {"value": "P-1", "lookup": "ext_id"}, "qty_milli": {"column": "qty", "scale": 1000},
	"discount_bp": {"column": "off", "scale": 10000}, "unit_price": %s}}' "$1" >"$folder/map.json"
}
prices() {
	cardex --format csv query order_line --order id --columns unit_price,net
}

daemon_start
cardex create team name=A
cardex create user login=a name=A team=1
cardex create customer name=A
cardex create product sku=P-1 ext_id=P-1 name=P list_price=0
cardex create sales_order ext_id=O-1 customer=1 owner=1 ordered_on=2026-01-05

# Paid for the line, all pieces, after the discount; an empty cell is no discount.
printf 'id,paid,qty,off\n1,129.696,2,0.4\n2,100.00,3,\n3,0.015,1,0\n4,25.00,2,0.9999\n' >"$folder/lines.csv"
map '{"column": "paid", "per": "qty", "after_discount": "off"}'
cardex import order_line "$folder/lines.csv" --map "$folder/map.json"
assert_contains "$errors" "4 created"
prices
# 33.33 three times is not 100: what has no price in cents is the nearest there is.
assert_equal "$out" $'unit_price,net\n108.08,129.70\n33.33,99.99\n0.02,0.02\n125000.00,25.00'

# Each of the two alone.
map '{"column": "paid", "after_discount": "off"}'
cardex import order_line "$folder/lines.csv" --map "$folder/map.json"
prices
assert_contains "$out" '216.16,'
map '{"column": "paid", "per": "qty"}'
cardex import order_line "$folder/lines.csv" --map "$folder/map.json"
prices
assert_contains "$out" $'\n64.85,'

# All of it taken off leaves nothing to tell the price by.
printf 'id,paid,qty,off\n1,5,1,1\n2,5,1,-0.1\n3,5,1,20%%\n4,5,1,0.00001\n5,5,0,0\n6,922337203685477,0.0001,0\n7,5,1,0.5\n' >"$folder/wrong.csv"
printf '{"key": "ext_id", "fields": {"ext_id": "id", "sku": "id", "name": "id", "list_price":
	{"column": "paid", "per": "qty", "after_discount": "off"}}}' >"$folder/map.json"
cardex_ends 1 import product "$folder/wrong.csv" --map "$folder/map.json"
assert_contains "$errors" '1 created'
assert_contains "$errors" '6 rejected'
for off in 1 -0.1 20% 0.00001; do
	assert_contains "$errors" "list_price: the discount \"$off\" is not from 0 to below 1"
done
cardex --format csv query product --where "ext_id = '7'" --columns list_price
assert_contains "$out" 10.00

# What a mapping cannot say.
map '{"column": "paid", "after_discount": "none"}'
cardex_ends 2 import order_line "$folder/lines.csv" --map "$folder/map.json"
assert_contains "$errors" 'the file has no column "none"'
printf '{"fields": {"name": {"column": "id", "after_discount": "off"}}}' >"$folder/map.json"
cardex_ends 2 import customer "$folder/lines.csv" --map "$folder/map.json"
assert_contains "$errors" '"after_discount" is for amounts of money'
finish
