#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An index, then an aggregate, then a rollup is built on a store with records while a client writes;
the daemon is killed in the middle of it and goes on where it was; in the end the index is readable,
what it finds, the aggregate counts and the rollup sums up is what a scan does, and the check finds nothing. A unique index over duplicates fails with their list, and the store goes on.

CARDEX_EVOLVE_RECORDS (default 30000) says how many records there are, CARDEX_EVOLVE_WRITERS (1)
how many connections write meanwhile. Prints the longest time a
write waited while something was built; only with so many records that the build takes a while
is that a figure to go by."""

import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rpc import Client, Daemon, Refused  # noqa: E402

RECORDS = int(os.environ.get("CARDEX_EVOLVE_RECORDS", "30000"))
WRITERS = int(os.environ.get("CARDEX_EVOLVE_WRITERS", "1"))
BATCH = 1000

DEPOTS = 40
DEPOT = "type depot { name string(20) %s }\n"
SITE = """type site {
  number int  name string(40)  code string(20)  customer ref(customer) on delete cascade
  depot ref(depot) on delete cascade
  %s
}"""
OWN = DEPOT % "" + SITE

INDEX = "index (number, name)"
AGGREGATE = "\naggregate by_code on site group by (code) count, sum(number)"


def claim(truth, what):
    if not truth:
        raise SystemExit("FAILED: " + what)


def fill(client):
    client.call("hello")
    client.call("batch", [["create", "depot", {"name": "Depot %d" % i}] for i in range(DEPOTS)])
    for begin in range(0, RECORDS, BATCH):
        client.call("batch", [["create", "site", {
            "number": i * 7919 % RECORDS, "name": "Site %d" % (i * 31 % RECORDS), "code": str(i),
            "depot": 1 + i % DEPOTS}]
            for i in range(begin, min(begin + BATCH, RECORDS))])


class Load(threading.Thread):
    """One write after the other, each timed; ends when it is told to, or with its connection."""

    def __init__(self, path):
        super().__init__()
        self.client = Client(path)
        self.waits = []
        self.going = True

    def run(self):
        serial = 0
        try:
            while self.going:
                serial += 1
                begin = time.monotonic()
                self.client.call("update", "site", 1 + serial * 7907 % RECORDS,
                                 {"number": serial % RECORDS})
                self.waits.append(time.monotonic() - begin)
        except (ConnectionError, OSError):
            pass
        self.client.close()

    def end(self):
        self.going = False
        self.join()
        return self.waits


def begin_load(path):
    loads = [Load(path) for _ in range(WRITERS)]
    for load in loads:
        load.start()
    return loads


def end_load(loads):
    return [wait for load in loads for wait in load.end()]


def state(client, index):
    for status in client.call("index.status"):
        if status["type"] in ("site", "depot") and status["index"] == index:
            return status
    return None


def wait_until(client, index, wanted, seconds=600):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = state(client, index)
        if now["state"] == wanted:
            return now
        claim(now["state"] == "building", "%s is %s" % (index, now["state"]))
        time.sleep(0.005)
    raise SystemExit("FAILED: %s does not become %s" % (index, wanted))


def build_through_a_kill(daemon, client, text, name, steps=("rebuild",)):
    plan = client.call("schema.plan", text)
    claim([s["verdict"] for s in plan["steps"]] == list(steps), "a plan: %r" % plan)
    loads = begin_load(daemon.path)
    client.call("schema.apply", text)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        before = state(client, name)
        if before["state"] != "building" or before["records_done"] >= RECORDS // 5:
            break
        time.sleep(0.001)
    daemon.kill()
    waits = end_load(loads)
    client.close()
    daemon.start()
    client = Client(daemon.path, timeout=600)
    after = state(client, name)
    claim(before["state"] == "building" and after["state"] in ("building", "readable"),
          "a kill in the middle: %r, %r" % (before, after))
    claim(after["state"] == "readable" or after["records_done"] >= before["records_done"],
          "it goes on: %r, %r" % (before, after))
    loads = begin_load(daemon.path)
    begin = time.monotonic()
    wait_until(client, name, "readable")
    rest = time.monotonic() - begin
    waits += end_load(loads)
    report = client.call("check", {"deadline_ms": 600000})
    claim(report["findings"] == 0, "a check: %r" % report["texts"])
    waits.sort()
    print("%s: %d records, killed at %d and at %d again, the rest in %.1f s; %d writes meanwhile, "
          "median %.2f ms, 99 %% %.2f ms, longest %.1f ms" % (
              name, RECORDS, before["records_done"], after["records_done"], rest, len(waits),
              waits[len(waits) // 2] * 1e3, waits[len(waits) * 99 // 100] * 1e3,
              waits[-1] * 1e3))
    return client


def build_an_index(daemon, client):
    client = build_through_a_kill(daemon, client, OWN % INDEX, "number,name")
    rows = client.call("query", "site", {"filter": ["between", "number", 10, 12], "limit": 100,
                                         "use_index": "number,name"})
    scan = client.call("query", "site", {"filter": ["between", "number", 10, 12], "limit": 100,
                                         "allow_scan": True})
    claim(sorted(rows[2]) == sorted(scan[2]), "the index finds what a scan finds")
    return client


def build_an_aggregate(daemon, client):
    client = build_through_a_kill(daemon, client, OWN % INDEX + AGGREGATE, "by_code")
    for code in ("0", "10", str(RECORDS // 2), "none"):
        wanted = ["=", "code", code]
        scan = ["not", ["not", ["and", wanted, [">", "id", 0]]]]
        # No index leads by it, so that it is counted at all is the aggregate's doing.
        claim(client.call("count", "site", wanted) ==
              client.call("count", "site", scan, {"allow_scan": True}) == (code != "none"),
              "the aggregate counts what a scan does")
    claim(state(client, "by_code")["aggregate"], "it says that it is one")
    client.call("schema.apply", OWN % INDEX)
    end = time.monotonic() + 60
    while state(client, "by_code") is not None and time.monotonic() < end:
        time.sleep(0.005)
    claim(state(client, "by_code") is None, "it has gone")
    claim(client.call("check", {"deadline_ms": 600000})["findings"] == 0, "a check without it")
    return client


def build_a_rollup(daemon, client):
    text = DEPOT % "total int readonly = 0 rollup sum(number) of site by depot index by_total (total)" + (
        SITE % INDEX)
    # The index first, which follows what is built.
    client.call("schema.apply", DEPOT % "" + SITE % INDEX)
    client = build_through_a_kill(daemon, client, text, "total", ["rebuild", "rebuild"])
    claim(state(client, "total")["rollup"], "it says that it is one")
    sums = client.call("aggregate", "site", {"group": ["depot"], "values": ["sum(number)"],
                                             "allow_scan": True})[1]
    kept = client.call("query", "depot", {"fields": ["id", "total"], "limit": 1000,
                                          "allow_scan": True})[2]
    claim(len(kept) == DEPOTS and sorted(kept) == sorted(sums),
          "what is kept is what is summed up: %r, %r" % (kept[:5], sums[:5]))
    client.call("schema.apply", OWN % INDEX, {"may_lose": True})
    return client


def fail_on_duplicates(client):
    text = OWN % "index (number, name)  unique (code)"
    client.call("update", "site", RECORDS, {"code": "5"})
    client.call("schema.apply", text)
    failed = wait_until(client, "code", "failed")
    claim(failed["duplicates"] == 1 and failed["pairs"] == [[6, RECORDS]],
          "duplicates: %r" % failed)
    client.call("update", "site", RECORDS, {"code": "another"})
    client.call("schema.apply", text)
    wait_until(client, "code", "readable")
    try:
        client.call("create", "site", {"code": "another"})
        claim(False, "it is unique")
    except Refused as refusal:
        claim("UNIQUE" in str(refusal), str(refusal))


def cancel_and_drop(client):
    client.call("schema.apply", OWN % "index (number, name)  unique (code)  index (name)")
    try:
        client.call("index.cancel", "site", "name")
        claim(state(client, "name")["reason"] == "cancelled", "cancelled")
    except Refused:
        claim(state(client, "name")["state"] == "readable", "it was faster")
    try:
        client.call("schema.apply", DEPOT % "" + "type site { number int }")
        claim(False, "values are not lost unasked")
    except Refused as refusal:
        claim("UNSAFE_CHANGE" in str(refusal), str(refusal))
    client.call("schema.apply", DEPOT % "" + "type site { number int }", {"may_lose": True})
    names = client.call("get", "site", 1)[1]
    claim(names[-1] == "number" and "code" not in names, "names: %r" % names)
    row = client.call("get", "site", 1)[2]
    claim(len(row) == len(names), "a row of an older layout: %r" % row)
    report = client.call("check", {"deadline_ms": 600000})
    claim(report["findings"] == 0, "a check: %r" % report["texts"])


def main():
    daemon = Daemon()
    try:
        daemon.start()
        client = Client(daemon.path, timeout=600)
        client.call("schema.apply", OWN % "")
        fill(client)
        client = build_an_index(daemon, client)
        client = build_an_aggregate(daemon, client)
        client = build_a_rollup(daemon, client)
        fail_on_duplicates(client)
        cancel_and_drop(client)
        client.close()
        claim(daemon.stop() == 0, "a clean stop")
        daemon.start()
        client = Client(daemon.path)
        claim(client.call("check")["findings"] == 0, "a check after the restart")
        client.close()
    finally:
        daemon.remove()


main()
