#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares opportunities that were imported with the times of the file, and their history with
the pipeline that the file had on many days.

Usage: history.py FILE, with CARDEX (the tool) and CARDEX_URI in the environment. Prints what
differs and exits 1 when something does."""

import csv
import datetime
import json
import os
import subprocess
import sys

findings = []


def records(kind, columns):
    text = subprocess.run([os.environ["CARDEX"], "--raw", "--format", "ndjson", "export", kind, "--columns",
                           columns], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    return [json.loads(line) for line in text.splitlines()]


def ms_of(day):
    if not day:
        return None
    date = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
    return int(date.timestamp() * 1000)


def expect(what, found, wanted):
    if found != wanted:
        findings.append(f"{what}: {found!r} instead of {wanted!r}")


def compare_records(deals, found):
    expect("opportunities", len(found), len(deals))
    states = {"Won": "won", "Lost": "lost"}
    for deal in deals:
        record = found[deal["opportunity_id"]]
        what = deal["opportunity_id"]
        expect(f"{what} state", record["state"], states.get(deal["deal_stage"], "open"))
        if deal["engage_date"]:
            expect(f"{what} created_at", record["created_at"], ms_of(deal["engage_date"]))
        expect(f"{what} closed_at", record["closed_at"], ms_of(deal["close_date"]))


def compare_days(deals, history):
    for day in range(ms_of("2016-10-01"), ms_of("2018-01-15"), 7 * 86400000):
        noon = day + 43200000
        found = sum(1 for row in history
                    if row["state"] == "open" and row["valid_from"] <= noon < row["valid_to"])
        wanted = sum(1 for deal in deals if deal["engage_date"] and ms_of(deal["engage_date"]) <= noon
                     and (not deal["close_date"] or ms_of(deal["close_date"]) > noon))
        expect(f"open at {noon}", found, wanted)


def main():
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        deals = list(csv.DictReader(file))
    found = records("opportunity", "ext_id,state,created_at,closed_at")
    compare_records(deals, {record["ext_id"]: record for record in found})
    compare_days(deals, records("stage_history", "valid_from,valid_to,state"))
    for finding in findings[:20]:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
