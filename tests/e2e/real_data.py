#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what was imported with figures computed from the files by this script alone.

Usage: real_data.py SET FOLDER, with CARDEX (the tool) and CARDEX_URI in the environment. Prints
one line per figure that differs and exits 1 when there is one."""

import collections
import csv
import decimal
import json
import os
import subprocess
import sys
import unicodedata

failures = 0


def rows_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cardex(*arguments):
    return subprocess.run([os.environ["CARDEX"], *arguments], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


def count(kind, where=None):
    return int(cardex("count", kind, "--allow-scan", *(["--where", where] if where else [])))


def records(kind, columns):
    text = cardex("--format", "ndjson", "export", kind, "--columns", columns)
    return [json.loads(line) for line in text.splitlines()]


def equal(what, found, expected):
    global failures
    if found == expected:
        return
    failures += 1
    if isinstance(expected, dict):
        for key in list(set(found) | set(expected)):
            if found.get(key) != expected.get(key):
                print("%s: %r: %r in the store, %r in the file"
                      % (what, key, found.get(key), expected.get(key)))
                break
    else:
        print("%s: %r in the store, %r in the file" % (what, found, expected))


def maven(folder):
    deals = rows_of(folder, "sales_pipeline.csv")
    agents = rows_of(folder, "sales_teams.csv")
    equal("customers", count("customer"), len(rows_of(folder, "accounts.csv")) + 1)
    equal("users", count("user"), len({r["sales_agent"] for r in agents}))
    equal("products", count("product"), len([r for r in rows_of(folder, "products.csv") if r["product"]]))
    equal("opportunities", count("opportunity"), len(deals))
    parents = sum(1 for r in rows_of(folder, "accounts.csv") if r["subsidiary_of"])
    equal("parents", count("customer", "parent is not null"), parents)
    stages = {r["id"]: r["code"] for r in records("stage", "id,code")}
    users = {r["id"]: r["name"] for r in records("user", "id,name")}
    codes = {"Prospecting": "prospecting", "Engaging": "qualification", "Won": "won", "Lost": "lost"}
    found = collections.Counter()
    expected = collections.Counter()
    for r in records("opportunity", "stage,owner,amount"):
        key = (stages[r["stage"]], users[r["owner"]])
        found[key] += decimal.Decimal(r["amount"])
    for r in deals:
        expected[(codes[r["deal_stage"]], r["sales_agent"])] += decimal.Decimal(r["close_value"] or 0)
    equal("value by stage and agent", found, expected)


def salesforce(folder):
    sizes = {name: len(rows_of(folder, name + ".csv")) for name in ("Account", "Contact", "Lead",
             "Opportunity", "Campaign", "Case", "Task")}
    equal("customers", count("customer"), sizes["Account"] + 1)
    equal("contacts", count("contact"), sizes["Contact"] + sizes["Lead"])
    equal("opportunities", count("opportunity"), sizes["Opportunity"])
    equal("campaigns", count("campaign"), sizes["Campaign"])
    equal("requests", count("service_request"), sizes["Case"])
    equal("activities", count("activity"), sizes["Task"])
    owned = {r["Id"] for r in rows_of(folder, "Contact.csv") if r["AccountId"]}
    members = {(r["CampaignId"], r["LeadOrContactId"]) for r in rows_of(folder, "CampaignMember.csv")
               if r["LeadOrContactId"] not in owned}
    equal("touches", count("campaign_touch"), len(members))
    customers = {r["id"]: r["ext_id"] for r in records("customer", "id,ext_id")}
    found = collections.Counter()
    expected = collections.Counter()
    for r in records("opportunity", "customer,amount"):
        found[customers[r["customer"]]] += decimal.Decimal(r["amount"])
    for r in rows_of(folder, "Opportunity.csv"):
        expected[r["AccountId"]] += decimal.Decimal(r["Amount"])
    equal("value by account", found, expected)
    equal("requests with an account", count("service_request", "customer != %d" %
          next(i for i, e in customers.items() if e == "(none)")),
          sum(1 for r in rows_of(folder, "Case.csv") if r["AccountId"]))


def superstore(folder):
    lines = rows_of(folder, "订单.csv")
    equal("customers", count("customer"), len({r["客户 ID"] for r in lines}))
    equal("products", count("product"), len({r["产品 ID"] for r in lines}))
    orders = {(r["订单 ID"], r["客户 ID"], r["订单日期"]) for r in lines}
    equal("orders", count("sales_order"), len(orders))
    equal("lines", count("order_line"), len(lines))
    found = collections.Counter()
    expected = collections.Counter()
    products = {r["id"]: r["sku"] for r in records("product", "id,sku")}
    for r in records("order_line", "product,qty_milli"):
        found[products[r["product"]]] += r["qty_milli"]
    for r in lines:
        expected[r["产品 ID"]] += int(r["数量"]) * 1000
    equal("units by product", found, expected)
    equal("confirmed orders", count("sales_order", "status = confirmed"), len(orders))
    paid = collections.Counter()
    for r in lines:
        amount = decimal.Decimal(r["销售额"]).quantize(decimal.Decimal("0.000001"))
        paid["/".join((r["订单 ID"], r["客户 ID"], r["订单日期"]))] += amount.quantize(
            decimal.Decimal("0.01"), decimal.ROUND_HALF_UP)
    equal("totals of orders", {r["ext_id"]: decimal.Decimal(r["total_base"])
                               for r in records("sales_order", "ext_id,total_base")}, dict(paid))


def tickets(folder):
    rows = rows_of(folder, "customer_support_tickets.csv")
    equal("contacts", count("contact"), len({r["Customer Email"] for r in rows}))
    equal("requests", count("service_request"), len(rows))
    equal("feedback", count("feedback"), sum(1 for r in rows if r["Customer Satisfaction Rating"]))
    names = {"Low": "low", "Medium": "normal", "High": "high", "Critical": "urgent"}
    status = {"Open": "new", "Pending Customer Response": "waiting", "Closed": "closed"}
    expected = collections.Counter((status[r["Ticket Status"]], names[r["Ticket Priority"]])
                                   for r in rows)
    found = {(s, p): count("service_request", "status = %s and priority = %s" % (s, p))
             for s, p in expected}
    equal("requests by status and priority", found, dict(expected))


def waimai(folder):
    rows = rows_of(folder, "waimai_10k.csv")
    equal("feedback", count("feedback"), len(rows))
    equal("praise", count("feedback", "kind = praise"), sum(1 for r in rows if r["label"] == "1"))
    found = collections.Counter(r["content"] for r in records("feedback", "content"))
    equal("texts", found, collections.Counter(unicodedata.normalize("NFC", r["review"])
                                              for r in rows))


{"maven": maven, "salesforce": salesforce, "superstore": superstore, "tickets": tickets,
 "waimai": waimai}[sys.argv[1]](sys.argv[2])
sys.exit(1 if failures else 0)
