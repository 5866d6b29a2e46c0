#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The queue of 8,469 support tickets and how fast they were answered and resolved: equal to what
# is computed from the file. It tells when a ticket was answered and resolved, but not when it
# came in, so all of them come in at one instant, an hour before the first answer.
. "$(dirname "$0")/figures.inc.sh"

figures_begin support-tickets
tickets=$data/customer_support_tickets.csv
cardex create org utc_offset_min=0
cardex create team name=Care ext_id=care
for login in mail phone chat social; do
	cardex create user login="$login" name="$login" team@ext_id=care role=service
done
cardex create customer name=People ext_id="(people)" kind=individual
load product tickets/product "$tickets"
load contact tickets/contact "$tickets"
load service_request tickets/request_begun "$tickets"
load activity tickets/response "$tickets"
for step in worked waiting resolved closed; do
	load service_request "tickets/request_$step" "$tickets"
done
# Once more changes nothing: what a ticket has come to is not undone.
load activity tickets/response "$tickets"
assert_contains "$errors" "0 created, 0 updated"

figures_compare "$data"
finish
