#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every change exactly once and in order, whatever is killed.

While connections write, three watches run: one that appends to a file and is killed with -9 again
and again, one that keeps its state and is ended with SIGINT, and one that is left alone; and the
daemon is killed with -9 or stopped, and started anew. In the end each must have printed what
`cardex changes` has, line for line. A fourth, with a filter, must have what came into and went
out of it.

CARDEX_WATCH_SECONDS (default 15) and CARDEX_TEST_SEED prolong and replay it."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rpc import Client, Daemon, Refused  # noqa: E402

SECONDS = float(os.environ.get("CARDEX_WATCH_SECONDS", "15"))
TOOL = os.path.join(os.environ["CARDEX_BIN"], "cardex")
CITIES = ("A", "B", "C")


def claim(truth, what):
    if not truth:
        raise SystemExit("FAILED: " + what)


class Load(threading.Thread):
    """Writes of all kinds, one after the other; begins anew when the connection is lost."""

    def __init__(self, path, seed):
        super().__init__(daemon=True)
        self.path, self.dice, self.going = path, random.Random(seed), True

    def write(self, client):
        dice, id_ = self.dice, self.dice.randrange(1, 400)
        kind = dice.randrange(10)
        if kind < 3:
            client.call("create", "customer", {"name": "客户", "city": dice.choice(CITIES)})
        elif kind < 4:
            client.call("create", "contact", {"customer": id_, "name": "李"})
        elif kind < 8:
            client.call("update", "customer", id_, {"city": dice.choice(CITIES),
                                                    "employees": dice.randrange(1000)})
        elif kind < 9:
            client.call("delete", "customer", id_)
        else:
            client.call("undelete", "customer", id_)

    def run(self):
        while self.going:
            try:
                client = Client(self.path)
                while self.going:
                    try:
                        self.write(client)
                    except Refused:
                        pass
                    time.sleep(0.002)
                client.close()
            except OSError:
                time.sleep(0.05)


class Watch:
    """`cardex watch`, whose lines are in a file."""

    def __init__(self, daemon, name, *options):
        self.path = os.path.join(daemon.folder, name + ".ndjson")
        self.uri = "cardex+unix://" + daemon.path
        self.options, self.process = options, None
        self.log = os.path.join(daemon.folder, name + ".log")

    def start(self):
        command = [TOOL, "--uri", self.uri, "--format", "ndjson", "watch", "--from", "1",
                   *self.options]
        with open(self.path, "ab") as out, open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=out, stderr=log)

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(20)
        # One that came while the daemon was away has ended by itself, with 4; one that had hardly
        # begun dies of the signal.
        claim(code in (0, 4, -number), "the watch ended with %d: %s" % (code, self.text()))

    def text(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()

    def lines(self):
        with open(self.path, "rb") as file:
            whole = file.read().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.split(b"\n")] if whole else []

    def wait_for(self, seq):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                self.start()
            lines = self.lines()
            if lines and lines[-1]["kind"] != "row" and lines[-1]["seq"] >= seq:
                return
            time.sleep(0.1)
        raise SystemExit("FAILED: a watch does not come to %d: %s" % (seq, self.text()))


def all_changes(daemon):
    found, begin = [], 1
    while True:
        text = subprocess.check_output(
            [TOOL, "--uri", "cardex+unix://" + daemon.path, "--format", "ndjson", "changes",
             "--from", str(begin), "--limit", "1000"])
        lines = [json.loads(line) for line in text.splitlines()]
        if not lines:
            return found
        found += lines
        begin = lines[-1]["seq"] + 1


def without_row(change):
    """A watch gives the row of what comes back, `changes` does not."""
    if change["kind"] == "undelete":
        change = {key: value for key, value in change.items() if key != "values"}
    return change


def compare(name, got, wanted):
    places = [(change["seq"], change["part"]) for change in got]
    claim(places == sorted(set(places)), "%s: a change came twice, or out of order" % name)
    claim([without_row(change) for change in got] == wanted,
          "%s: %d changes came of %d" % (name, len(got), len(wanted)))


def matching(changes):
    """What a watch with city = 'A' must print: (seq, id, was, is), from the log alone."""
    city, live, found = {}, {}, []
    for change in changes:
        if change["type"] != "customer":
            continue
        id_ = change["id"]
        was = live.get(id_, False) and city.get(id_) == "A"
        if change["kind"] == "create":
            live[id_], city[id_] = True, change["values"].get("city")
        elif change["kind"] in ("delete", "undelete"):
            live[id_] = change["kind"] == "undelete"
        elif "city" in change.get("changed", {}):
            city[id_] = change["changed"]["city"][1]
        is_ = live.get(id_, False) and city.get(id_) == "A"
        if was or is_:
            found.append((change["seq"], id_, was, is_))
    return found


def disturb(daemon, killed, ended, dice):
    what = dice.randrange(6)
    if what < 2:
        killed.end(signal.SIGKILL)
        killed.start()
    elif what < 4:
        ended.end(signal.SIGINT)
        ended.start()
    elif what < 5:
        daemon.kill()
        time.sleep(dice.random() * 0.3)
        daemon.start()
    else:
        claim(daemon.stop() == 0, "the daemon ends with 0")
        daemon.start()
    for watch in (killed, ended):
        if watch.process.poll() is not None:
            watch.start()


def records(daemon):
    """(type, id) of every live customer and contact, with its revision."""
    client, found = Client(daemon.path), {}
    for kind in ("customer", "contact"):
        options = {"fields": ["id", "rev"], "limit": 10000, "allow_scan": True}
        while True:
            _, _, rows, after, *_ = client.call("query", kind, options)
            found.update(((kind, id_), rev) for id_, rev in rows)
            if after is None:
                break
            options["after"] = after
    client.close()
    return found


def applied(lines):
    """What somebody has who reads the lines; a row must be there once."""
    rows, revs, live = set(), {}, {}
    for line in lines:
        if line["kind"] == "rows_end":
            continue
        row = line["kind"] == "row"
        id_ = line["values"]["id"] if row else line["id"]
        rev = line["values"]["rev"] if row else line["rev"]
        key = line["type"], id_
        if row:
            claim(key not in rows, "the row %s %d came twice" % key)
            rows.add(key)
        if rev > revs.get(key, 0):
            revs[key], live[key] = rev, line["kind"] != "delete"
    return {key: revs[key] for key in revs if live[key]}


def cut_snapshots(daemon, dice):
    """A snapshot with --append is cut at any byte, others write, and it goes on."""
    cut = Watch(daemon, "cut")
    cut.options = ("customer", "contact", "--from", "snapshot", "--append", cut.path)
    client, cuts = Client(daemon.path), 0
    for _ in range(10):
        made = client.call("create", "customer", {"name": "cut", "city": "B"})[0]
        seq = client.call("update", "customer", made, {"employees": dice.randrange(1 << 30)})[2]
        cut.start()
        cut.wait_for(seq)
        cut.end(signal.SIGKILL)
        claim(applied(cut.lines()) == records(daemon), "the lines do not give the records")
        with open(cut.path, "rb+") as file:
            rows = file.read().rfind(b'"kind":"row",') + 1
            file.truncate(dice.randrange(rows))
        cuts += len(cut.lines()) > 0
    client.close()
    claim(cuts > 3, "rows were cut in %d of 10 snapshots only" % cuts)


def go_on_from_state(daemon):
    """--state has a row of a snapshot in it: the rows behind that come, then the changes."""
    last = max(id_ for kind, id_ in records(daemon) if kind == "customer")
    state = os.path.join(daemon.folder, "row.state")
    with open(state, "w", encoding="utf-8") as file:
        file.write("1 0 customer %d\n" % (last - 1))
    out = subprocess.check_output(
        [TOOL, "--uri", "cardex+unix://" + daemon.path, "--format", "ndjson", "watch", "customer",
         "--from", "snapshot", "--state", state, "--count", "1"])
    lines = [json.loads(line) for line in out.splitlines()]
    claim([line["kind"] for line in lines] == ["row", "rows_end", "create"], lines)
    claim(lines[0]["values"]["id"] == last and lines[2]["seq"] == 1, lines)
    with open(state, encoding="utf-8") as file:
        claim(file.read() == "1 1\n", "the state behind the first change")


def main():
    seed = int(os.environ.get("CARDEX_TEST_SEED", str(random.randrange(1 << 30))))
    print("seed %d" % seed)
    dice = random.Random(seed)
    daemon = Daemon()
    killed = Watch(daemon, "killed")
    killed.options = ("--append", killed.path)
    ended = Watch(daemon, "ended", "--state", os.path.join(daemon.folder, "state"))
    alone = Watch(daemon, "alone")
    inside = Watch(daemon, "inside", "customer", "--where", "city = 'A'")
    watches = (killed, ended, alone, inside)
    try:
        daemon.start()
        for watch in watches:
            watch.start()
        # The others must have been connected once: then they wait for the daemon to come back.
        Client(daemon.path).call("create", "customer", {"name": "first", "city": "A"})
        for watch in watches:
            watch.wait_for(1)
        loads = [Load(daemon.path, dice.random()) for _ in range(3)]
        for load in loads:
            load.start()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(dice.random() * 0.5)
            disturb(daemon, killed, ended, dice)
        for load in loads:
            load.going = False
        for load in loads:
            load.join()
        Client(daemon.path).call("create", "customer", {"name": "last", "city": "A"})
        wanted = all_changes(daemon)
        for watch in watches:
            watch.wait_for(wanted[-1]["seq"])
            watch.end(signal.SIGINT)
        compare("killed", killed.lines(), wanted)
        compare("ended", ended.lines(), wanted)
        compare("alone", alone.lines(), wanted)
        got = [(change["seq"], change["id"], change["was"], change["is"])
               for change in inside.lines()]
        claim(got == matching(wanted), "the filter: %d changes came" % len(got))
        print("%d changes, %d of them in the filter" % (len(wanted), len(got)))
        cut_snapshots(daemon, dice)
        go_on_from_state(daemon)
    finally:
        for watch in watches:
            if watch.process is not None and watch.process.poll() is None:
                watch.process.kill()
                watch.process.wait()
        daemon.remove()


main()
