#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Win rate, average amount won and cycle time of 8,800 real opportunities, of each person, each
# manager's team, each office above them, and each product, a field that the store is given
# while it is in use: equal to what is computed from the file.
. "$(dirname "$0")/figures.inc.sh"

figures_begin maven-crm
cardex create org base_currency=USD utc_offset_min=0
cardex import stage "$maps/stages.csv" --key code
load team maven/team "$data/sales_teams.csv"
load team maven/manager_team "$data/sales_teams.csv"
load user maven/manager "$data/sales_teams.csv"
load team maven/manager_of_team "$data/sales_teams.csv"
load user maven/agent "$data/sales_teams.csv"
load product maven/product "$data/products.csv"
load customer maven/customer "$data/accounts.csv"
cardex create customer name="No account" ext_id="(no account)"
load opportunity maven/opportunity_begun "$data/sales_pipeline.csv"
load opportunity maven/opportunity_ended "$data/sales_pipeline.csv" --at close_date

cardex schema plan "$maps/maven/product.schema"
assert_contains "$out" 'opportunity.product  '
cardex schema apply "$maps/maven/product.schema"
load opportunity maven/opportunity_product "$data/sales_pipeline.csv"
assert_contains "$errors" "8800 updated"

# The kept aggregate is built while the rows go in; then it is what the figures come from.
for _ in $(seq 200); do
	cardex index status opportunity
	case $out in *building*) sleep 0.05 ;; *) break ;; esac
done
assert_lacks "$out" building
cardex aggregate opportunity --name closed_by_product --group product \
	--values "avg(probability_bp), avg(closed_at - created_at)" --explain=0
assert_contains "$out" "closed_by_product"

figures_compare "$data"
finish
