#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tells the story, and after each chapter adds up every figure anew: see README.md."""

import sys

import chapters
import outlook
import recount
from tool import Told, Tool, claim

TYPES = ("team", "user", "stage", "product", "campaign", "campaign_touch", "customer", "contact",
         "opportunity", "stage_history", "activity", "sales_order", "order_line", "payment",
         "contract", "service_request", "feedback", "sales_target")
FIRST, LAST = (2026, 1), (2026, 12)
PERIOD = {"from_": "2026-01", "to": "2026-12"}


def same_row(what, row, expected):
    claim(what, {key: row[key] for key in expected}, expected)


def same_rows(what, rows, expected):
    claim("rows of " + what, len(rows), len(expected))
    for number, (row, wanted) in enumerate(zip(rows, expected)):
        same_row("%s, row %d" % (what, number), row, wanted)


SCOPES = ({}, {"team": "head"}, {"team": "east"}, {"user": "li"}, {"user": "han"})


def check_performance(tool, store, who, metrics, scopes):
    months = recount.months_from(FIRST, LAST)
    for metric in metrics:
        for scope in scopes:
            named = {key: who[value] for key, value in scope.items()}
            sections, _ = tool.report("performance", metric=metric, **PERIOD,
                                      **named)
            expected = recount.performance(store, months, metric, **named)
            for name in ("total", "months", "teams"):
                if name in expected:
                    same_rows("performance %s %s" % (scope, name), sections[name],
                              expected[name])
            for row in sections.get("people", []):
                same_row("performance of %s" % row["user_name"], row,
                         expected["people"][row["user"]])


def check_reports(tool, store, who):
    months = recount.months_from(FIRST, LAST)
    expected = {
        "win_loss": recount.win_loss(store, months),
        "product_sales": recount.product_sales(store, months),
        "activity_volume": recount.activity_volume(store, months),
        "satisfaction": recount.satisfaction(store, months),
        "service": {"months": recount.service(store, months)},
        "funnel": {"moves": recount.moves(store)},
    }
    for report, wanted in expected.items():
        sections, _ = tool.report(report, **PERIOD)
        for name, rows in wanted.items():
            same_rows("%s %s" % (report, name), sections[name], rows)
    sections, _ = tool.report("campaign_response")
    same_rows("responses", sections["campaigns"], recount.campaign_response(store))
    sections, _ = tool.report("customer_conversion", team=who["east"], **PERIOD)
    converted, base = recount.conversion(store, recount.Scope(store, team=who["east"]), months)
    same_rows("conversion", sections["total"], [{
        "converted": converted, "customers": base,
        "conversion_bp": recount.ratio(converted, base, 10000)}])
    sections, answer = tool.report("contracts")
    today = (answer["params"]["now"] + recount.ZONE_MS) // recount.DAY_MS
    same_rows("contracts in force", [r for r in sections["in_force"] if r["phase"] == "active"],
              [recount.in_force(store, today)])
    sections, _ = tool.report("receivables")
    claim("what is owed", sum(r["outstanding_base"] for r in sections["ages"]),
          recount.outstanding(store))
    sections, _ = tool.report("board")
    same_rows("board", [r for r in sections["stages"] if r["count"]],
              [r for r in recount.board(store) if r["count"]])


def check_past(tool, store):
    """The pipeline as it was at each change of any opportunity, and a moment before."""
    instants = sorted({h["valid_from"] for h in store["stage_history"].values()})
    for instant in [t + d for t in instants for d in (-1, 0)]:
        sections, answer = tool.report("pipeline", at=iso(instant))
        same_rows("pipeline at %d" % instant, [r for r in sections["stages"] if r["count"]],
                  [r for r in recount.pipeline(store, instant) if r["count"]])


def check_tiers(tool):
    """They are as they should be at the moment of the run, and the customers have them."""
    store = read(tool)
    tool.run("run", "tiers")
    rows = tool.export("customer_tier").values()
    expected = outlook.tiers(store, rows_time(rows))
    found = {r["customer"]: (r["tier"], r["value_score"], r["potential_score"], r["rfm"])
             for r in rows}
    claim("tiers", found, expected)
    claim("tiers of customers", {k: c["tier"] for k, c in tool.export("customer").items()},
          {k: tier for k, (tier, *_) in expected.items()})
    sections, _ = tool.report("tiers")
    claim("tiers in the report", {r["tier"]: r["customers"] for r in sections["totals"]},
          {name: sum(t[0] == name for t in expected.values())
           for name in ("high", "potential", "low", "unrated")})


def rows_time(rows):
    times = {r["as_of"] for r in rows}
    claim("one run at one time", len(times), 1)
    return times.pop()


def check_forecast(tool, who):
    """January 2027: eleven months of history, from the first order on."""
    store = read(tool)
    tool.run("run", "forecast")
    rows = tool.export("forecast").values()
    now_ms = rows_time(rows)
    complete = recount.months_from((2026, 2), (2026, 12))
    found = {(r["team"], r["user"], recount.month_of_day(r["period"]), r["method"]): r
             for r in rows}
    for scope in ({}, {"team": who["east"]}, {"user": who["han"]}):
        of = recount.Scope(store, **scope)
        key = (scope.get("team"), scope.get("user"))
        for ahead, month in enumerate(recount.months_from((2027, 1), (2027, 3))):
            claim("combined forecast of %s %s" % (scope, month),
                  found[key + (month, "combined")]["value"],
                  outlook.combined(store, of, now_ms, ahead, complete))
            claim("weighted forecast", found[key + (month, "weighted")]["value"],
                  outlook.pipeline_of_month(store, of, month, lambda d: d["probability_bp"]))
    series = outlook.revenue_by_month(store, recount.Scope(store), (2026, 2), (2026, 12))
    folds, wape_bp = outlook.back_test(series)
    same_row("smoothed", found[None, None, (2027, 1), "ses"], {
        "value": outlook.nearest(outlook.ses(series)), "folds": folds, "wape_bp": wape_bp,
        "train_n": 11, "low": None, "actual": None})
    sections, _ = tool.report("forecast")
    claim("history", [r["revenue_base"] for r in sections["history"] if r["complete"]], series)
    claim("the forecast of the report", sections["forecast"][0]["value"],
          outlook.nearest(outlook.ses(series)))


def check_actuals(tool):
    """A month later the forecasts of January have what came."""
    tool.now("2027-02-01")
    tool.run("run", "forecast")
    store = read(tool)
    january = sum(o["total_base"] for o in recount.sold(store, recount.Scope(store), [(2027, 1)]))
    rows = [r for r in tool.export("forecast").values()
            if r["scope"] == "org" and recount.month_of_day(r["period"]) == (2027, 1)]
    claim("there were forecasts", len(rows) > 0, True)
    claim("actuals of January", {r["actual"] for r in rows}, {january})


def iso(ms):
    import datetime
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"


def read(tool):
    return {kind: tool.export(kind) for kind in TYPES}


def check_figures(tool, who):
    store = read(tool)
    recount.check_all(store, claim)
    check_performance(tool, store, who, ("revenue",), ({},))
    check_reports(tool, store, who)
    return store


def tell(tool):
    who = {}
    tool.now("2026-01-01")
    tool.start()
    for chapter in chapters.CHAPTERS:
        chapter(tool, who)
        store = check_figures(tool, who)
        print(chapter.__name__.replace("_", " "))
    check_performance(tool, store, who, recount.METRICS, SCOPES)
    check_past(tool, store)
    tool.now("2027-01-04")
    check_tiers(tool)
    check_forecast(tool, who)
    tool.now("2027-01-15")
    chapters.january_brings_one_order(tool, who)
    check_actuals(tool)
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
        tell(tool)
    except Told as told:
        print("FAILED: %s" % told)
        return 1
    finally:
        tool.remove()
    print("%d claims hold" % claim.count)
    return 0


sys.exit(main())
