#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lists are walked page by page, by every kind of plan and in both directions, while another
client creates, changes and deletes records and the daemon is stopped and killed between pages.
The records that nobody touches come exactly once and in order; those that come all match. A
continuation fits the query it is from, and no other, and is not to be made up."""

import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rpc import Client, Daemon, Refused  # noqa: E402

SEED = int(os.environ.get("CARDEX_SEED", "11"))
RECORDS = 3000
TEAMS = 12
SCHEMA = """type site {
  team int  place int  score int  name string(40)  open bool
  index (team, score)  index (place, score)  index (score)  index (team)  index (place)
}
type visit { site ref(site) on delete cascade  score int  place int  open bool  team int
  name string(40)
  cluster by (site, score desc)  index (place)
}"""


def even(row):
    return row["score"] % 2 == 0


# name, type, filter, the same in Python, order, the plan it has to have
LISTS = [
    ("an index", "site", ["=", "team", 3], lambda r: r["team"] == 3, ["score"], "index"),
    ("an index, backwards", "site", ["=", "team", 3], lambda r: r["team"] == 3, ["score desc"],
     "index"),
    ("runs that are merged", "site", ["in", "team", [1, 4, 7, 9]],
     lambda r: r["team"] in (1, 4, 7, 9), ["score desc"], "index"),
    ("a union", "site", ["or", ["=", "team", 2], ["=", "place", 5]],
     lambda r: r["team"] == 2 or r["place"] == 5, ["score"], "union"),
    ("an intersection", "site", ["and", ["=", "team", 2], ["=", "place", 2]],
     lambda r: r["team"] == 2 and r["place"] == 2, ["id desc"], "intersection"),
    ("a cluster", "visit", ["=", "site", 7], lambda r: r["site"] == 7, ["score desc"], "cluster"),
    ("a cluster, backwards", "visit", ["in", "site", [7, 9]], lambda r: r["site"] in (7, 9),
     ["score"], "cluster"),
    ("a sort", "visit", ["=", "place", 4], lambda r: r["place"] == 4, ["score", "team desc"],
     "index"),
    ("all records", "site", ["=", "open", True], lambda r: r["open"], [], "scan"),
    ("no filter", "site", None, lambda r: True, ["score desc"], "index"),
]


def claim(truth, what):
    if not truth:
        raise SystemExit("FAILED (CARDEX_SEED=%d): %s" % (SEED, what))


def record(chance, type_, name):
    fields = {"team": chance.randrange(TEAMS), "place": chance.randrange(TEAMS),
              "score": chance.randrange(400), "open": chance.random() < 0.5, "name": name}
    if type_ == "visit":
        fields["site"] = chance.randrange(1, 12)
    return fields


def fill(client, chance):
    """The records that nobody touches: type -> id -> fields."""
    client.call("hello")
    client.call("schema.apply", SCHEMA)
    still = {}
    for type_ in ("site", "visit"):
        fields = [record(chance, type_, "still") for _ in range(RECORDS)]
        made = client.call("batch", [["create", type_, f] for f in fields])
        still[type_] = {outcome[0]: f for outcome, f in zip(made, fields)}
    return still


class Crowd:
    """Another client: goes on through restarts, and never touches what is still."""

    def __init__(self, path):
        self.path = path
        self.chance = random.Random(SEED + 1)
        self.made = {"site": [], "visit": []}
        self.done = 0
        self.going = True
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def operation(self):
        type_ = self.chance.choice(("site", "visit"))
        mine = self.made[type_]
        what = self.chance.random()
        fields = record(self.chance, type_, "moving")
        if what < 0.5 or not mine:
            return ["create", type_, fields]
        if what < 0.8:
            return ["update", type_, self.chance.choice(mine), fields]
        return ["delete", type_, mine.pop(self.chance.randrange(len(mine)))]

    def step(self, client):
        """All or none; what is not known after a kill is left alone."""
        operations = [self.operation() for _ in range(20)]
        gone = {(o[1], o[2]) for o in operations if o[0] == "delete"}
        operations = [o for o in operations if o[0] != "update" or (o[1], o[2]) not in gone]
        for operation, outcome in zip(operations, client.call("batch", operations)):
            if operation[0] == "create":
                self.made[operation[1]].append(outcome[0])
        self.done += len(operations)

    def run(self):
        while self.going:
            try:
                client = Client(self.path)
                while self.going:
                    self.step(client)
                client.close()
            except OSError:
                time.sleep(0.01)

    def end(self):
        self.going = False
        self.thread.join()


class Walk:
    """The pages of a list, over whatever happens to the daemon."""

    def __init__(self, daemon, chance, wanted):
        self.daemon = daemon
        self.chance = chance
        self.name, self.type, self.filter, self.holds, self.order, self.plan = wanted
        self.options = {"order": self.order, "allow_scan": True}
        if self.filter is not None:
            self.options["filter"] = self.filter
        self.client = Client(daemon.path)
        self.restarts = 0

    def disturb(self):
        """Between two pages."""
        what = self.chance.random()
        if what < 0.01:
            self.daemon.kill()
            self.daemon.start()
            self.restarts += 1
        elif what < 0.02:
            claim(self.daemon.stop() == 0, "a clean stop")
            self.daemon.start()
            self.restarts += 1
        elif what > 0.2:
            return
        self.client.close()
        self.client = Client(self.daemon.path)

    def rows(self):
        after, reason = None, None
        while reason != "done":
            options = dict(self.options, limit=self.chance.choice((1, 3, 7, 20)))
            if after is not None:
                options["after"] = after
            _, names, rows, after, reason, _ = self.client.call("query", self.type, options)
            claim((after is None) == (reason == "done"), "%s: %s" % (self.name, reason))
            yield from (dict(zip(names, row)) for row in rows)
            self.disturb()

    def key(self, row):
        return [-row[part.split()[0]] if part.endswith(" desc") else row[part] for part in self.order]

    def run(self, still):
        plan = self.client.call("query", self.type, dict(self.options, limit=40, explain=True))
        claim(self.plan == plan["plan"], "%s: %r" % (self.name, plan))
        rows = list(self.rows())
        self.client.close()
        found = [row for row in rows if row["name"] == "still"]
        ids = [row["id"] for row in found]
        wanted = {i for i, fields in still[self.type].items() if self.holds(fields)}
        claim(len(ids) == len(set(ids)), "%s: a record came twice" % self.name)
        claim(set(ids) == wanted, "%s: %d of %d came" % (self.name, len(ids), len(wanted)))
        keys = [self.key(row) for row in found]
        claim(keys == sorted(keys), "%s: not in order" % self.name)
        claim(all(self.holds(row) for row in rows), "%s: a record that does not match" % self.name)
        return len(rows) - len(found)


def refuse(client, what, status, options):
    try:
        client.call("query", "site", options)
    except Refused as refusal:
        claim(str(refusal.args[0]).startswith(status), "%s: %s" % (what, refusal))
        return
    claim(False, what + " was taken")


def continuations(daemon):
    """Those of other queries, of other stores and of nobody."""
    client = Client(daemon.path)
    asked = {"filter": ["=", "team", 3], "order": ["score"], "limit": 5}
    after = client.call("query", "site", asked)[3]
    again = client.call("query", "site", dict(asked, after=after))[2]
    claim(again == client.call("query", "site", dict(asked, after=after))[2], "it is no state")
    bent = bytearray(after)
    for i in range(len(bent)):
        bent[i] ^= 0x20
        refuse(client, "bent byte %d" % i, "INVALID_ARGUMENT", dict(asked, after=bytes(bent)))
        bent[i] ^= 0x20
    refuse(client, "a cut one", "INVALID_ARGUMENT", dict(asked, after=after[:-1]))
    refuse(client, "another order", "CURSOR_STALE", dict(asked, order=["place"], after=after))
    other = Daemon()
    try:
        other.start()
        stranger = Client(other.path)
        stranger.call("schema.apply", SCHEMA)
        refuse(stranger, "that of another store", "INVALID_ARGUMENT", dict(asked, after=after))
        stranger.close()
    finally:
        other.remove()
    without = SCHEMA.replace("index (team, score)  ", "")
    client.call("schema.apply", without)
    refuse(client, "an index that is gone", "CURSOR_STALE", dict(asked, after=after))
    client.close()


def main():
    chance = random.Random(SEED)
    daemon = Daemon()
    try:
        daemon.start()
        client = Client(daemon.path)
        still = fill(client, chance)
        client.close()
        crowd = Crowd(daemon.path)
        restarts = moving = 0
        try:
            for wanted in LISTS:
                walk = Walk(daemon, chance, wanted)
                moving += walk.run(still)
                restarts += walk.restarts
        finally:
            crowd.end()
        claim(restarts >= 5 and moving > 0 and crowd.done > 500,
              "%d restarts, %d rows of others, %d writes" % (restarts, moving, crowd.done))
        continuations(daemon)
        client = Client(daemon.path)
        claim(client.call("check")["findings"] == 0, "a check")
        client.close()
        claim(daemon.stop() == 0, "a clean stop")
        print("%d lists, %d restarts, %d writes meanwhile, %d rows of them seen"
              % (len(LISTS), restarts, crowd.done, moving))
    finally:
        daemon.remove()


main()
