#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load loses no acknowledged write, and reopening is quick.

Again and again: several connections write in pipelines, enough for the journal to change its
segments and merge, the daemon is killed at a random moment, in one round of three killed again
while it takes the journal up, started anew, and every write that was acknowledged must be there,
with its values; what was not acknowledged may be there or not, whole. After the last round the
whole store is checked, and a clean stop leaves one file.

CARDEX_KILL_ROUNDS (default 40) and CARDEX_TEST_SEED replay and prolong it."""

import os
import random
import select
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rpc import Client, Daemon, Refused  # noqa: E402

ROUNDS = int(os.environ.get("CARDEX_KILL_ROUNDS", "40"))
CONNECTIONS = 4
DEPTH = 16


class Writer:
    """A connection that keeps DEPTH writes unanswered."""

    def __init__(self, path, name, dice):
        self.client = Client(path)
        self.name, self.dice = name, dice
        self.serial = 0
        self.text_bytes = dice.choice((600, 600, 20000))  # some fill a segment at once
        self.sent = {}
        self.acknowledged = {}

    def fill(self):
        while len(self.sent) < DEPTH:
            self.serial += 1
            key = "%s-%d" % (self.name, self.serial)
            number = self.client.send("create", "customer", {
                "name": "客户 " + key, "ext_id": key, "employees": self.serial,
                "description": "x" * self.dice.randrange(self.text_bytes)})
            self.sent[number] = key

    def take(self):
        message = self.client.receive()
        if message is None:
            return False
        key = self.sent.pop(message[1])
        if message[2] is not None:
            raise SystemExit("refused: %r" % (message[2],))
        self.acknowledged[key] = (message[3][0], int(key.split("-")[-1]))
        return True


def write_until_killed(daemon, writers, seconds):
    end = time.monotonic() + seconds
    for writer in writers:
        writer.fill()
    while time.monotonic() < end:
        ready, _, _ = select.select([w.client.socket for w in writers], [], [], 0.01)
        for writer in writers:
            if writer.client.socket in ready and writer.take():
                writer.fill()
    daemon.kill()
    for writer in writers:  # what was answered before the kill counts
        try:
            while writer.take():
                pass
        except OSError:
            pass
        writer.client.close()


def verify(client, acknowledged):
    for key, (record, employees) in acknowledged.items():
        try:
            _, names, row = client.call("lookup", "customer", "ext_id", [key])
        except Refused as why:
            raise SystemExit("LOST: %s was acknowledged: %s" % (key, why))
        fields = dict(zip(names, row))
        if fields["id"] != record or fields["employees"] != employees or fields["rev"] != 1:
            raise SystemExit("CHANGED: %s is %r" % (key, fields))


def main():
    seed = int(os.environ.get("CARDEX_TEST_SEED", "20261124"))
    print("seed: CARDEX_TEST_SEED=%d" % seed)
    dice = random.Random(seed)
    daemon = Daemon()
    total, slowest, kills = 0, 0, 0
    everything = {}
    try:
        for number in range(ROUNDS):
            slowest = max(slowest, daemon.start())
            writers = [Writer(daemon.path, "r%d-c%d" % (number, c), dice)
                       for c in range(CONNECTIONS)]
            write_until_killed(daemon, writers, dice.uniform(0.02, 0.25))
            if dice.randrange(3) == 0:
                daemon.launch()
                time.sleep(dice.uniform(0, 0.03))
                daemon.kill()
                kills += 1
            slowest = max(slowest, daemon.start())
            client = Client(daemon.path)
            client.call("hello", {"client": "kill test"})
            for writer in writers:
                verify(client, writer.acknowledged)
                everything.update(writer.acknowledged)
                total += len(writer.acknowledged)
            client.close()
            daemon.kill()
            kills += 2
        daemon.start()
        client = Client(daemon.path, timeout=120)
        client.call("hello", {"client": "kill test"})
        verify(client, dict(dice.sample(sorted(everything.items()), min(2000, total))))
        report = client.call("check")
        if report["findings"] != 0:
            raise SystemExit("check: %r" % (report,))
        client.close()
        code = daemon.stop()
        if code != 0:
            raise SystemExit("the daemon ended with %d" % code)
        left = [name for name in os.listdir(daemon.folder) if "journal" in name]
        if left:
            raise SystemExit("a clean stop left %r" % left)
    finally:
        daemon.remove()
    if total < ROUNDS:
        raise SystemExit("only %d writes were acknowledged: the test tested nothing" % total)
    print("%d kills, %d acknowledged writes, 0 lost; slowest start %.3f s"
          % (kills, total, slowest))
    if slowest > 5:  # a generous bound for a sanitized build on a busy machine
        raise SystemExit("reopening took too long")


main()
