#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tells the story, and after each chapter adds up every figure anew: see README.md."""

import sys

import chapters
import recount
from tool import Told, Tool, claim

TYPES = ("team", "user", "stage", "product", "campaign", "campaign_touch", "customer", "contact",
         "opportunity", "stage_history", "activity", "sales_order", "order_line", "payment",
         "contract", "service_request", "feedback", "sales_target")
FIRST, LAST = (2026, 1), (2026, 4)


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
            sections, _ = tool.report("performance", from_="2026-01", to="2026-04",
                                      metric=metric, **named)
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
    period = {"from_": "2026-01", "to": "2026-04"}
    expected = {
        "win_loss": recount.win_loss(store, months),
        "product_sales": recount.product_sales(store, months),
        "activity_volume": recount.activity_volume(store, months),
    }
    for report, wanted in expected.items():
        sections, _ = tool.report(report, **period)
        for name, rows in wanted.items():
            same_rows("%s %s" % (report, name), sections[name], rows)
    sections, _ = tool.report("campaign_response")
    same_rows("responses", sections["campaigns"], recount.campaign_response(store))
    sections, _ = tool.report("customer_conversion", team=who["east"], **period)
    converted, base = recount.conversion(store, recount.Scope(store, team=who["east"]), months)
    same_rows("conversion", sections["total"], [{
        "converted": converted, "customers": base,
        "conversion_bp": recount.ratio(converted, base, 10000)}])
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


def iso(ms):
    import datetime
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"


def check_figures(tool, who):
    store = {kind: tool.export(kind) for kind in TYPES}
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
    before, _ = tool.report("performance", from_="2026-01", to="2026-04")
    tool.stop()
    tool.start()
    after, _ = tool.report("performance", from_="2026-01", to="2026-04")
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
