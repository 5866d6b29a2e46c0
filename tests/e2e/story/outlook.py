# SPDX-License-Identifier: Apache-2.0
"""Sales forecasts: sections 1.5-3 and 11 of the figures, and the reports of them."""

import collections
import datetime

from base import (EPOCH, Scope, day_of, first_day, month_of, month_of_day, months_from, nearest, next_month,
                  percentile, picked, ratio, sold)
from rates import stage_rates
from smoothing import METHODS, back_test, methods, ses


def this_month(now_ms):
    return month_of(now_ms)


def revenue(store, scope, month):
    return sum(o["total_base"] for o in sold(store, scope, [month]))


def history(store, scope, now_ms):
    """[(month, revenue)] of complete months, from the first there is any of."""
    months = [month_of(o["confirmed_at"]) for o in sold(store, scope, AnyMonth())]
    running = this_month(now_ms)
    if not [m for m in months if m < running]:
        return []
    return [(m, revenue(store, scope, m)) for m in months_from(min(months), months_before(running, 1))]


class AnyMonth:
    def __contains__(self, month):
        return True


def open_in(store, scope, month):
    return [d for d in store["opportunity"].values() if d["state"] == "open"
            and month_of_day(d["close_on"]) == month and scope.owned(d)]


def weigh(deals, probability):
    return ratio(sum(d["amount_base"] * probability(d) for d in deals), 10000, 1)


def months_before(month, count):
    for _ in range(count):
        month = (month[0] - (month[1] == 1), month[1] - 1 or 12)
    return month


def months_after(month, count):
    for _ in range(count):
        month = next_month(month)
    return month


def same_day(month, day):
    last = first_day(next_month(month)) - 1
    return min(first_day(month) + day - 1, last)


def new_business(store, scope, now_ms, ahead, months):
    """The median of what came in those months of opportunities that were not there yet."""
    amounts, today = [], EPOCH + datetime.timedelta(days=day_of(now_ms))
    for month in months:
        limit = same_day(months_before(month, ahead), today.day)
        amount = 0
        for order in sold(store, scope, [month]):
            deal = store["opportunity"].get(order["opportunity"])
            if day_of((deal or order)["created_at"]) > limit:
                amount += order["total_base"]
        amounts.append(amount)
    return percentile(amounts, 50) or 0


def combined(store, scope, now_ms, ahead):
    """Sold by now, what is open by the rates of its stage, and what nobody knows of yet."""
    if ahead > 2:
        return {"confirmed": None, "new_business": None, "combined": None}
    month = months_after(this_month(now_ms), ahead)
    complete = [m for m, _ in history(store, scope, now_ms)]
    rates = stage_rates(store, now_ms)
    so_far = revenue(store, scope, month) if ahead == 0 else 0
    usual = new_business(store, scope, now_ms, ahead, complete[-12:])
    pipeline = weigh(open_in(store, scope, month), lambda d: rates[d["stage"]])
    return {"confirmed": so_far, "new_business": usual, "combined": so_far + pipeline + usual}


def month_ahead(store, scope, now_ms, ahead, expected):
    month = months_after(this_month(now_ms), ahead)
    deals, rates = open_in(store, scope, month), stage_rates(store, now_ms)
    row = {"month": first_day(month), "method": None, "value": None, "low": None, "high": None,
           "weighted": weigh(deals, lambda d: d["probability_bp"]),
           "stage_history": weigh(deals, lambda d: rates[d["stage"]])}
    if expected is not None:  # so short a history has no interval
        row.update(method="ses", value=expected)
    for category in ("commit", "best_case", "pipeline"):
        row[category] = sum(d["amount_base"] for d in deals
                            if d["forecast_category"] == category)
    return dict(row, **combined(store, scope, now_ms, ahead))


def forecast(store, now_ms, owner=None, team=None, months=6):
    """The report, and the numbers of its notes."""
    scope = Scope(store, owner, team)
    known = history(store, scope, now_ms)
    series, running = [y for _, y in known], this_month(now_ms)
    expected = nearest(ses(series, 1)[0][0]) if len(series) >= 7 else None
    rows = [{"month": first_day(m), "revenue_base": y, "complete": True} for m, y in known]
    rows.append({"month": first_day(running), "revenue_base": revenue(store, scope, running),
                 "complete": False})
    return ({"history": rows, "methods": methods(series),
             "forecast": [month_ahead(store, scope, now_ms, ahead, expected)
                          for ahead in range(months)]},
            [len(series)] + ([7] if len(series) < 7 else [27, 13, 24]))




# ---- rows of a run ----

def run_rows(store, now_ms, scope, kind, months=6):
    """{(month, method): figures} of one scope; `kind` is org, team or user."""
    ret = {}
    series = [y for _, y in history(store, scope, now_ms)]
    rates = stage_rates(store, now_ms)
    later = "ses" if len(series) >= 7 else "stage_history"
    for ahead in range(months):
        month = months_after(this_month(now_ms), ahead)
        deals = open_in(store, scope, month)
        values = {"weighted": weigh(deals, lambda d: d["probability_bp"]),
                  "stage_history": weigh(deals, lambda d: rates[d["stage"]]),
                  "combined": combined(store, scope, now_ms, ahead)["combined"]}
        for method, value in values.items():
            if value is not None:
                ret[month, method] = {"scope": kind, "value": value}
        for method, (model, least) in METHODS.items():
            if len(series) >= max(7, least):
                test = back_test(series, method)
                ret[month, method] = {
                    "scope": kind, "value": nearest(model(series, months)[0][ahead]),
                    "folds": test["folds"], "wape_bp": test["wape_bp"],
                    "mase_milli": test["mase_milli"], "train_n": len(series), "low": None,
                    "high": None}
        for (of, method), row in ret.items():
            if of == month:
                row["chosen"] = method == ("combined" if ahead < 3 else later)
    return ret


def is_foreseen(store, now_ms, scope, rows):
    """There are rows of those that have a history or something open."""
    return bool(history(store, scope, now_ms)) or any(row["value"] for row in rows.values())


# ---- what was forecast, against what came ----

ORDER = ("weighted", "stage_history", "combined", "ses", "holt", "seasonal_naive", "holt_winters")


def compared(rows, method):
    mine = [r for r in rows if r["method"] == method]
    whole = sum(abs(r["actual"]) for r in mine)
    sure = [r for r in mine if r["low"] is not None]
    inside = sum(r["low"] <= r["actual"] <= r["high"] for r in sure)
    return {"method": method, "forecasts": len(mine),
            "wape_bp": ratio(sum(abs(r["actual"] - r["value"]) for r in mine), whole, 10000),
            "bias_bp": ratio(sum(r["actual"] - r["value"] for r in mine), whole, 10000),
            "with_interval": len(sure), "inside_bp": ratio(inside, len(sure), 10000)}


def forecast_actual(store, months, every=False, owner=None, team=None):
    rows = [r for r in store["forecast"].values()
            if (r["user"], r["team"]) == (owner, team) and month_of_day(r["period"]) in months
            and r["actual"] is not None and (every or r["chosen"])]
    rows.sort(key=lambda r: (r["period"], -r["as_of"], r["id"]))
    counts = collections.Counter(r["method"] for r in rows)
    return {"methods": [compared(rows, m) for m in ORDER if counts[m]],
            "forecasts": [dict(picked(r, "period as_of run method chosen value low high actual"),
                               error=r["actual"] - r["value"],
                               error_bp=ratio(r["actual"] - r["value"], r["actual"], 10000))
                          for r in rows]}


def months_back(now_ms):
    """The twelve complete months before this one."""
    last = months_before(this_month(now_ms), 1)
    return months_from(months_before(last, 11), last)
