#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The sample data goes in through the tool and is asked for over the protocol: every cell comes
back as it stands in the files, and the lists of every owner, customer, status and name are what
the files say, by the index meant for them. queries.py asks through the tool."""

import collections
import csv
import datetime
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from rpc import Client, Daemon  # noqa: E402

SAMPLE = os.path.join(HERE, "..", "..", "sample")
DATA = os.path.join(SAMPLE, "data")
OPEN = ("prospecting", "qualification", "proposal", "negotiation")


def check(what, good, detail=None):
    if not good:
        raise SystemExit("FAILED: %s %r" % (what, detail))


def bytes_of(folder):
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def generator_writes_the_shipped_files():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["/usr/bin/python3", os.path.join(SAMPLE, "generate.py"), folder], check=True)
        check("the generator's files", bytes_of(folder) == bytes_of(DATA))


def read_files():
    """The records as they are in the end: a later file of a type changes those of an earlier one."""
    tables = collections.defaultdict(dict)
    for name in sorted(os.listdir(DATA)):
        with open(os.path.join(DATA, name), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                tables[name[3:-4]].setdefault(row["ext_id"], {}).update(row)
    return {kind: list(rows.values()) for kind, rows in tables.items()}


def load():
    for name in sorted(os.listdir(DATA)):
        subprocess.run([os.path.join(os.environ["CARDEX_BIN"], "cardex"), "import", name[3:-4],
                        os.path.join(DATA, name), "--key", "ext_id"], check=True,
                       stderr=subprocess.PIPE)


class Store:
    """What the daemon has, as dicts by column name."""

    def __init__(self, path):
        self.client = Client(path, timeout=60)
        self.client.call("hello")
        types = self.client.call("schema.get")["types"]
        self.kinds = {t["name"]: {f["name"]: f for f in t["fields"]} for t in types}
        self.ids = {}

    def plan(self, kind, **options):
        return self.client.call("query", kind, dict(options, explain=True))

    def page(self, kind, **options):
        _, names, rows, after, reason, figures = self.client.call("query", kind, options)
        return [dict(zip(names, row)) for row in rows], after, reason, figures

    def walk(self, kind, **options):
        rows, after, reason, _ = self.page(kind, **options)
        while after is not None:
            check("a page that goes on", reason != "done", reason)
            more, after, reason, _ = self.page(kind, after=after, **options)
            rows += more
        check("the last page", reason == "done", reason)
        return rows

    def id_of(self, kind, index, value):
        key = (kind, index, value)
        if key not in self.ids:
            _, names, row = self.client.call("lookup", kind, index, [value])
            self.ids[key] = row[names.index("id")]
        return self.ids[key]


def days_of(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


def ms_of(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def cents_of(text):
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(2, "0"))


def stored(store, kind, column, text):
    """(field, value): what a cell of the file must be in the store."""
    name, _, index = column.partition(".")
    field = store.kinds[kind][name]
    if index:
        return name, store.id_of(field["target"], index, text)
    read = {"int": int, "money": cents_of, "date": days_of, "ts": ms_of,
            "bool": lambda word: word == "true"}
    return name, read.get(field["kind"], str)(text)


def every_cell_comes_back(store, tables):
    for kind, rows in tables.items():
        found = {row["ext_id"]: row for row in store.walk(kind, limit=97, allow_scan=True)}
        check("the records of " + kind, sorted(found) == sorted(r["ext_id"] for r in rows))
        for row in rows:
            for column, text in row.items():
                name, expected = stored(store, kind, column, text) if text else (column, None)
                name = name.partition(".")[0]
                default = store.kinds[kind][name].get("default")
                check("%s %s %s" % (kind, row["ext_id"], name), found[row["ext_id"]][name] ==
                      (expected if text else default), found[row["ext_id"]][name])
        print("ok: %d x %s" % (len(rows), kind))


def uses(plan, index):
    check("the index " + index, plan["index"] == index and plan["order"] in ("index", "none"), plan)


def opportunities_of_every_owner_by_stage(store, tables):
    stages = [s["code"] for s in tables["stage"]]
    for user in tables["user"]:
        mine = [o for o in tables["opportunity"] if o["owner.ext_id"] == user["ext_id"]]
        expected = sorted((stages.index(o["stage.code"]), -cents_of(o["amount"])) for o in mine)
        query = {"filter": ["=", "owner", store.id_of("user", "ext_id", user["ext_id"])],
                 "order": ["stage", "amount desc"]}
        found = store.walk("opportunity", limit=7, **query)
        check("opportunities of " + user["ext_id"], sorted(r["ext_id"] for r in found) ==
              sorted(o["ext_id"] for o in mine))
        check("… by stage and amount", [(r["stage"] - 1, -r["amount"]) for r in found] == expected)
        uses(store.plan("opportunity", **query), "owner,stage,amount")


def largest_open_opportunities(store, tables):
    ids = [store.id_of("stage", "code", code) for code in OPEN]
    query = {"filter": ["in", "stage", ids], "order": ["amount desc"]}
    expected = sorted((cents_of(o["amount"]) for o in tables["opportunity"]
                       if o["stage.code"] in OPEN), reverse=True)
    rows, _, _, figures = store.page("opportunity", limit=20, count=True, **query)
    check("the 20 largest", [r["amount"] for r in rows] == expected[:20])
    check("their number", figures["count"] == len(expected), figures)
    check("the cost of a page", figures["keys"] < 100, figures)
    check("all of them", [r["amount"] for r in store.walk("opportunity", limit=33, **query)] == expected)
    plan = store.plan("opportunity", **query)
    uses(plan, "stage,amount")
    check("one list merged from four", plan["merge"] and plan["ranges"] == 4, plan)


def customers_by_name_and_mail(store, tables):
    customers = tables["customer"]
    for prefix in ["上", "上海", "深圳", "North", "nORTHWIND e", "Ｎorth", "zz"]:
        query = {"filter": ["prefix~", "name", prefix]}
        latin = prefix.replace("Ｎ", "N").casefold()
        expected = sorted(c["name"] for c in customers if c["name"].casefold().startswith(latin))
        check("names that begin with " + prefix, bool(expected) == (prefix != "zz") and
              sorted(r["name"] for r in store.walk("customer", limit=3, **query)) == expected, expected)
        uses(store.plan("customer", **query), "by_name")
    for customer in customers[::16]:
        query = {"filter": ["=~", "email", customer["email"].upper()]}
        check(customer["email"], [r["ext_id"] for r in store.walk("customer", **query)] ==
              [customer["ext_id"]])
        uses(store.plan("customer", **query), "by_email")


def latest_activities_of_every_customer(store, tables):
    times = collections.defaultdict(list)
    for activity in tables["activity"]:
        times[activity["customer.ext_id"]].append(ms_of(activity["at"]))
    for customer in tables["customer"]:
        expected = sorted(times[customer["ext_id"]], reverse=True)
        query = {"filter": ["=", "customer", store.id_of("customer", "ext_id", customer["ext_id"])],
                 "order": ["at desc"], "limit": 10}
        rows, _, _, figures = store.page("activity", **query)
        check("latest of " + customer["ext_id"], [r["at"] for r in rows] == expected[:10])
        check("… at the cost of a page", figures["keys"] <= len(rows) + 1, figures)
    plan = store.plan("activity", **query)
    check("by the cluster", plan["plan"] == "cluster" and plan["order"] == "index", plan)


def requests_by_status_and_priority(store, tables):
    fields = store.kinds["service_request"]
    for status in fields["status"]["labels"]:
        for priority in fields["priority"]["labels"]:
            query = {"filter": ["and", ["=", "status", status], ["=", "priority", priority]]}
            expected = sorted(r["ext_id"] for r in tables["service_request"]
                              if (r["status"], r["priority"]) == (status, priority))
            found = sorted(r["ext_id"] for r in store.walk("service_request", limit=2, **query))
            check("%s, %s" % (status, priority), found == expected, found)
            uses(store.plan("service_request", **query), "status,priority,created_at")


def included(figures, number):
    """The rows of an include that came with one row, as dicts; no more was looked at than they
    are, and a few keys for the end of the range and for deleted ones in a cluster."""
    leg = figures["include"][number]
    rows = [dict(zip(leg["names"], row)) for row in leg["rows"]]
    check("all of them", leg["counts"] == [len(rows)] and leg["more"] == [False], leg)
    check("the keys of a leg", leg["keys"] <= len(rows) + 4 and leg["fetched"] <= leg["keys"], leg)
    return rows


def children(*wanted):
    return [dict(zip(("type", "ref", "order"), leg), limit=1000) for leg in wanted]


CUSTOMER_LEGS = (("contact", "is_primary desc,name"), ("opportunity", "created_at desc"),
                 ("activity", "at desc"), ("sales_order", "ordered_on desc"),
                 ("service_request", "created_at desc"), ("feedback", "received_at desc"))


def a_customer_comes_with_all_that_belongs_to_it(store, tables):
    """Question 1 of the trade: one round trip, and the counters are what the lists add up to."""
    include = children(*((kind, "customer", order.split(",")) for kind, order in CUSTOMER_LEGS))
    for customer in tables["customer"][::7]:
        key = store.id_of("customer", "ext_id", customer["ext_id"])
        rows, _, _, figures = store.page("customer", filter=["=", "id", key], include=include)
        check("one customer", len(rows) == 1 and figures["keys"] <= 2, figures)
        came = {}
        for number, (kind, order) in enumerate(CUSTOMER_LEGS):
            came[kind] = included(figures, number)
            check("%s of %s" % (kind, customer["ext_id"]),
                  sorted(r["ext_id"] for r in came[kind]) ==
                  sorted(r["ext_id"] for r in tables[kind]
                         if r["customer.ext_id"] == customer["ext_id"]))
            name, _, down = order.split(",")[0].partition(" ")
            values = [r[name] for r in came[kind]]
            check("in order of " + name, values == sorted(values, reverse=bool(down)), values)
        parent, deals = rows[0], [o for o in came["opportunity"] if o["state"] == "open"]
        for counter, expected in (
                ("contact_count", len(came["contact"])), ("open_opp_count", len(deals)),
                ("open_opp_base", sum(o["amount_base"] for o in deals)),
                ("last_activity_at", max((a["at"] for a in came["activity"]
                                          if a["status"] == "done"), default=None)),
                ("paid_base", sum(o["paid_base"] for o in came["sales_order"])),
                ("open_request_count", sum(r["status"] not in ("resolved", "closed")
                                           for r in came["service_request"])),
                ("feedback_count", len(came["feedback"]))):
            check(counter, parent[counter] == expected, (parent[counter], expected))


def an_order_comes_with_its_lines_and_payments(store, tables):
    """Question 16."""
    include = children(("order_line", "order", ["line_no"]), ("payment", "order", ["paid_at"]))
    for order in tables["sales_order"][::5]:
        key = store.id_of("sales_order", "ext_id", order["ext_id"])
        rows, _, _, figures = store.page("sales_order", filter=["=", "id", key], include=include)
        check("one order", len(rows) == 1 and figures["keys"] <= 2, figures)
        lines, payments = included(figures, 0), included(figures, 1)
        for kind, came in (("order_line", lines), ("payment", payments)):
            check("%s of %s" % (kind, order["ext_id"]), sorted(r["ext_id"] for r in came) ==
                  sorted(r["ext_id"] for r in tables[kind] if r["order.ext_id"] == order["ext_id"]))
        check("by line", [r["line_no"] for r in lines] == sorted(r["line_no"] for r in lines))
        check("units", rows[0]["units_milli"] == sum(r["qty_milli"] for r in lines), rows)
        check("paid", rows[0]["paid"] == sum(r["amount_net"] or 0 for r in payments), rows)


def changes_cost_what_they_are(store, _):
    """Question 25: from any number, the keys looked at are the changes and one behind them."""
    last = store.client.call("stats")["seq"]
    for begin in range(1, last + 1, last // 17):
        changes, following, figures = store.client.call("changes", {"from": begin, "limit": 50})
        check("changes from %d" % begin, changes[0]["seq"] == begin and
              following > changes[-1]["seq"], following)
        # A step of 16 operations looks at one key behind them; a long entry lies in pieces.
        check("their keys", figures["keys"] <= len(changes) * 1.2 + 4, figures)


def pages_of_every_size_are_the_whole(store, tables):
    owner = store.id_of("user", "ext_id", "U-rep02")
    query = {"filter": ["=", "owner", owner], "order": ["at desc"], "fields": ["id", "at"]}
    whole = store.walk("activity", limit=10000, **query)
    check("the whole", len(whole) == sum(a["owner.ext_id"] == "U-rep02" for a in tables["activity"]))
    for limit in (1, 2, 10, 99, len(whole) - 1, len(whole), len(whole) + 1):
        check("pages of %d" % limit, store.walk("activity", limit=limit, **query) == whole)


def main():
    generator_writes_the_shipped_files()
    tables = read_files()
    daemon = Daemon()
    try:
        daemon.start()
        os.environ["CARDEX_URI"] = "cardex+unix://" + daemon.path
        load()
        store = Store(daemon.path)
        for claim in (every_cell_comes_back, opportunities_of_every_owner_by_stage,
                      largest_open_opportunities, customers_by_name_and_mail,
                      latest_activities_of_every_customer, requests_by_status_and_priority,
                      a_customer_comes_with_all_that_belongs_to_it,
                      an_order_comes_with_its_lines_and_payments, changes_cost_what_they_are,
                      pages_of_every_size_are_the_whole):
            claim(store, tables)
            print("ok: " + claim.__name__.replace("_", " "))
        report = store.client.call("check")
        check("the store is sound", report["findings"] == 0, report)
        check("the daemon ends cleanly", daemon.stop() == 0)
    finally:
        daemon.remove()


main()
