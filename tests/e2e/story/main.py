#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tells the story, and after each chapter adds up every figure anew: see README.md."""

import sys

import chapters
import grades
import outlook
import rules
from base import Scope, iso, month_of_day, sold
from guard import Guard
from pipelines import pipeline
from reports import PERIOD, all_reports, scoped_reports
from tool import Told, Tool, claim

TYPES = ("team", "user", "stage", "product", "fx_rate", "campaign", "campaign_touch", "customer",
         "contact", "opportunity", "stage_history", "activity", "sales_order", "order_line",
         "payment", "contract", "service_request", "feedback", "sales_target", "customer_tier",
         "forecast")


def read(tool):
    return {kind: tool.export(kind) for kind in TYPES}


def check_past(guard, store):
    """The pipeline as it was at each change of any opportunity, and a moment before."""
    instants = sorted({h["valid_from"] for h in store["stage_history"].values()})
    for instant in [t + d for t in instants for d in (-1, 0)]:
        guard.check("pipeline", pipeline(store, instant), at=iso(instant))


def run_tiers(tool):
    """They are as they should be at the moment of the run, and the customers have them."""
    store = read(tool)
    tool.run("run", "tiers")
    after = read(tool)
    rows = [r for n, r in after["customer_tier"].items() if n not in store["customer_tier"]]
    expected = grades.tiers(store, rows_time(rows))
    found = {r["customer"]: {key: r[key] for key in expected[r["customer"]]} for r in rows}
    claim("tiers", found, expected)
    claim("tiers of customers", {k: c["tier"] for k, c in after["customer"].items()},
          {k: row["tier"] for k, row in expected.items()})


def rows_time(rows):
    times = {r["as_of"] for r in rows}
    claim("one run at one time", len(times), 1)
    return times.pop()


def run_forecast(tool):
    """Every row of the run is as it should be."""
    store = read(tool)
    tool.run("run", "forecast")
    rows = [r for n, r in tool.export("forecast").items() if n not in store["forecast"]]
    now_ms = rows_time(rows)
    found_of = {(r["team"], r["user"]) for r in rows}
    for team, user in ([(None, None)] + [(t, None) for t in store["team"]]
                       + [(None, u) for u in store["user"]]):
        kind = "user" if user else "team" if team else "org"
        expected = outlook.run_rows(store, now_ms, Scope(store, user, team), kind)
        found = {(month_of_day(r["period"]), r["method"]): r for r in rows
                 if (r["team"], r["user"]) == (team, user)}
        if not outlook.is_foreseen(store, now_ms, Scope(store, user, team), expected):
            expected = {}
        claim("forecasts of %s %s" % (kind, team or user), sorted(found), sorted(expected))
        claim("there are some", (team, user) in found_of, bool(expected))
        for key, row in expected.items():
            claim("forecast of %s %s %s" % (kind, team or user, key),
                  {name: found[key][name] for name in row}, row)


def check_actuals(tool, month):
    """Of a month that is over the forecasts have what came."""
    store = read(tool)
    rows = [r for r in store["forecast"].values() if month_of_day(r["period"]) == month]
    claim("there were forecasts", len(rows) > 0, True)
    for row in rows:
        came = sum(o["total_base"] for o in sold(store, Scope(store, row["user"], row["team"]),
                                                 [month]))
        claim("what came of forecast %d" % row["id"], row["actual"], came)


def check_figures(guard, who):
    store = read(guard.tool)
    rules.check_all(store, claim)
    all_reports(guard, store, who)
    return store


def tell(tool, guard):
    who = {}
    tool.now("2026-01-01")
    tool.start()
    for chapter in chapters.CHAPTERS:
        chapter(tool, who)
        store = check_figures(guard, who)
        print(chapter.__name__.replace("_", " "))
    scoped_reports(guard, store, who)
    check_past(guard, store)
    tool.now("2027-01-04")
    run_tiers(tool)
    run_forecast(tool)
    check_figures(guard, who)
    tool.now("2027-01-15")
    chapters.january_brings_one_order(tool, who)
    tool.now("2027-02-01")
    run_tiers(tool)
    run_forecast(tool)
    check_actuals(tool, (2027, 1))
    store = check_figures(guard, who)
    scoped_reports(guard, store, who)
    guard.check_all_reports()
    before, _ = tool.report("performance", **PERIOD)
    tool.stop()
    tool.start()
    after, _ = tool.report("performance", **PERIOD)
    claim("performance after a restart", after, before)
    tool.run("check")
    tool.stop()


def main():
    tool = Tool()
    try:
        tell(tool, Guard(tool))
    except Told as told:
        print("FAILED: %s" % told)
        return 1
    finally:
        tool.remove()
    print("%d claims hold" % claim.count)
    return 0


sys.exit(main())
