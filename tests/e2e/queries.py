#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The sample data goes in through the tool; every list that people open is answered right, by the
index meant for it, and its pages are the whole. What is right is worked out here from the files."""

import collections
import csv
import decimal
import filecmp
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from rpc import Daemon  # noqa: E402

SAMPLE = os.path.join(HERE, "..", "..", "sample")
OPEN = ("prospecting", "qualification", "proposal", "negotiation")


def check(what, good, detail=""):
    if not good:
        raise SystemExit("FAILED: %s %r" % (what, detail))
    print("ok: " + what)


def tool(*arguments, code=0):
    ended = subprocess.run([os.path.join(os.environ["CARDEX_BIN"], "cardex"), *arguments],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    check("cardex %s ends with %d" % (" ".join(arguments)[:60], code), ended.returncode == code,
          ended)
    return ended


def rows(*arguments):
    text = tool("--format", "ndjson", "query", *arguments).stdout
    return [json.loads(line) for line in text.splitlines()]


def plan(*arguments):
    return json.loads(tool("--format", "json", "query", *arguments, "--explain").stdout)


def files():
    """The records as they are in the end: a later file of a type changes those of an earlier one."""
    tables = collections.defaultdict(dict)
    for name in sorted(os.listdir(os.path.join(SAMPLE, "data"))):
        with open(os.path.join(SAMPLE, "data", name), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                tables[name[3:-4]].setdefault(row["ext_id"], {}).update(row)
    return {kind: list(found.values()) for kind, found in tables.items()}


def generator():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["/usr/bin/python3", os.path.join(SAMPLE, "generate.py"), folder], check=True)
        names = sorted(os.listdir(folder))
        _, different, errors = filecmp.cmpfiles(folder, os.path.join(SAMPLE, "data"), names, False)
        check("the generator writes the shipped files", names and not different and not errors,
              different + errors)


def load(tables):
    for name in sorted(os.listdir(os.path.join(SAMPLE, "data"))):
        path = os.path.join(SAMPLE, "data", name)
        before = tool("export", name[3:-4]).stdout
        tried = tool("import", name[3:-4], path, "--key", "ext_id", "--dry-run")
        check("a dry run writes nothing", "nothing was written" in tried.stderr, tried.stderr)
        check("… of " + name, tool("export", name[3:-4]).stdout == before)
        tool("import", name[3:-4], path, "--key", "ext_id")
    for kind, expected in tables.items():
        check("all of " + kind, int(tool("count", kind, "--allow-scan").stdout) == len(expected))
    again = tool("import", "customer", os.path.join(SAMPLE, "data", "07-customer.csv"), "--key", "ext_id")
    check("importing again changes nothing", "320 unchanged" in again.stderr, again.stderr)


def by_owner_and_stage(tables, users):
    query = ("opportunity", "--where", "owner = %d" % users["U-rep01"], "--order", "stage, amount desc",
             "--columns", "ext_id,stage,amount", "--all")
    codes = [s["code"] for s in tables["stage"]]
    mine = [o for o in tables["opportunity"] if o["owner.ext_id"] == "U-rep01"]
    mine.sort(key=lambda o: (codes.index(o["stage.code"]), -decimal.Decimal(o["amount"])))
    found = rows(*query)
    check("opportunities of one owner by stage",
          [(codes[r["stage"] - 1], r["amount"]) for r in found] ==
          [(o["stage.code"], o["amount"]) for o in mine])
    check("… by owner,stage,amount", plan(*query)["index"] == "owner,stage,amount", plan(*query))


def top_open(tables):
    query = ("opportunity", "--where", "stage in (1,2,3,4)", "--order", "amount desc", "--limit", "20",
             "--columns", "ext_id,amount")
    amounts = sorted((decimal.Decimal(o["amount"]) for o in tables["opportunity"]
                      if o["stage.code"] in OPEN), reverse=True)
    check("top 20 open opportunities by amount",
          [decimal.Decimal(r["amount"]) for r in rows(*query)] == amounts[:20])
    explained = plan(*query)
    check("… by stage,amount, merged", explained["index"] == "stage,amount" and explained["merge"],
          explained)


def by_prefix(tables, prefix):
    query = ("customer", "--where", "name ~^ '%s'" % prefix, "--columns", "name", "--all")
    expected = sorted(c["name"] for c in tables["customer"]
                      if c["name"].casefold().startswith(prefix.casefold()))
    check("customers whose name begins with " + prefix, expected and
          sorted(r["name"] for r in rows(*query)) == expected)
    check("… by by_name", plan(*query)["index"] == "by_name", plan(*query))


def by_email(tables):
    wanted = tables["customer"][41]
    query = ("customer", "--where", "email =~ '%s'" % wanted["email"].upper(), "--columns", "name")
    check("a customer by e-mail", [r["name"] for r in rows(*query)] == [wanted["name"]])
    check("… by by_email", plan(*query)["index"] == "by_email", plan(*query))


def latest(tables, customers):
    busy = max(customers, key=lambda k: sum(a["customer.ext_id"] == k for a in tables["activity"]))
    query = ("activity", "--where", "customer = %d" % customers[busy], "--order", "at desc", "--limit",
             "20", "--columns", "ext_id,at")
    expected = sorted((a["at"] for a in tables["activity"] if a["customer.ext_id"] == busy), reverse=True)
    found = [r["at"] for r in rows(*query)]
    check("latest activities of a customer", len(found) == min(20, len(expected)) and
          found == sorted(found, reverse=True))
    explained = plan(*query)
    check("… by the cluster", explained["plan"] == "cluster" and explained["order"] == "index", explained)


def requests(tables):
    for status in ("new", "in_progress"):
        query = ("service_request", "--where", "status = %s and priority = high" % status, "--columns",
                 "ext_id")
        expected = sorted(r["ext_id"] for r in tables["service_request"]
                          if r["status"] == status and r["priority"] == "high")
        check("requests by status and priority",
              sorted(r["ext_id"] for r in rows(*query)) == expected)
        check("… by status,priority,created_at",
              plan(*query)["index"] == "status,priority,created_at", plan(*query))


def pages(tables):
    """By hand, with the tokens that the tool prints."""
    query = ["--format", "ndjson", "query", "activity", "--where", "owner in (1,2,3)", "--order",
             "at desc", "--columns", "id,at", "--limit", "37"]
    whole = [json.loads(line) for line in
             tool(*query[:-2], "--all").stdout.splitlines()]
    walked, after, count = [], [], 0
    while True:
        page = tool(*query, *after)
        walked += [json.loads(line) for line in page.stdout.splitlines()]
        count += 1
        if "next: " not in page.stderr:
            break
        after = ["--after", page.stderr.split("next: ")[1].strip()]
    check("%d pages are the whole of %d" % (count, len(whole)), walked == whole and count > 5)
    owners = {"U-rep01", "U-rep02", "U-rep03"}
    check("… which is what the file has",
          len(whole) == sum(a["owner.ext_id"] in owners for a in tables["activity"]))


def refusals():
    tool("get", "customer", "999999", code=1)
    tool("query", "customer", "--where", "name ==", code=3)
    tool("frobnicate", code=2)
    tool("create", "customer", "kind=huge", "name=x", code=3)
    tool("--uri", "cardex+unix:///nowhere/socket", "ping", code=4)


def main():
    generator()
    tables = files()
    daemon = Daemon()
    try:
        daemon.start()
        os.environ["CARDEX_URI"] = "cardex+unix://" + daemon.path
        load(tables)
        ids = {kind: {json.loads(line)["ext_id"]: json.loads(line)["id"] for line in
                      tool("--format", "ndjson", "export", kind, "--columns", "id,ext_id").stdout.splitlines()}
               for kind in ("user", "customer")}
        by_owner_and_stage(tables, ids["user"])
        top_open(tables)
        by_prefix(tables, "上海")
        by_prefix(tables, "Northwind")
        by_email(tables)
        latest(tables, ids["customer"])
        requests(tables)
        pages(tables)
        refusals()
        check("the store is sound", "findings: 0" in tool("check").stdout)
        check("the daemon ends cleanly", daemon.stop() == 0)
    finally:
        daemon.remove()


main()
