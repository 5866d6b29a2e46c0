#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The view of every customer of a real export of another CRM: contacts, open opportunities,
# tasks and cases, one by one and counted, are those of its files.
. "$(dirname "$0")/figures.inc.sh"

figures_begin salesforce-data-cloud
cardex create org base_currency=USD utc_offset_min=0
cardex import stage "$maps/stages.csv" --key code
cardex create team name=Salesforce ext_id=SF
cardex create customer name=None ext_id="(none)"
load user salesforce/user "$data/Account.csv"
load customer salesforce/customer "$data/Account.csv"
load contact salesforce/contact "$data/Contact.csv"
load contact salesforce/lead "$data/Lead.csv"
load opportunity salesforce/opportunity "$data/Opportunity.csv"
load service_request salesforce/service_request "$data/Case.csv"
load activity salesforce/activity "$data/Task.csv"

figures_compare "$data"
finish
