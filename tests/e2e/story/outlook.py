# SPDX-License-Identifier: Apache-2.0
"""Tiers and forecasts from exported records alone."""

import datetime
import math

from recount import (DAY_MS, EPOCH, Scope, ZONE_MS, first_day, is_sold, month_of,
                     month_of_day, months_from, next_month, ratio, sold)


def nearest(value):
    """Halves away from zero."""
    return math.floor(value + 0.5)


def percentile(values, percent):
    """Linear between the two nearest; exact, times 100."""
    values = sorted(values)
    at = (len(values) - 1) * percent
    low, rest = values[at // 100], at % 100
    high = values[min(at // 100 + 1, len(values) - 1)]
    return low * 100 + (high - low) * rest


# ---- tiers: section 1.5-9 of the figures ----

def facts_of(store, customer, now_ms):
    def mine(kind):
        return [r for r in store[kind].values() if r["customer"] == customer["id"]]
    orders = [((now_ms - o["confirmed_at"]) // DAY_MS, o["total_base"])
              for o in mine("sales_order") if is_sold(o)]
    in_window = [o for o in orders if o[0] < 365]
    opened = [d for d in mine("opportunity") if d["state"] == "open"]
    weighted = ratio(sum(d["amount_base"] * d["probability_bp"] for d in opened), 10000, 1)
    talks = [a for a in mine("activity") if a["status"] == "done"
             and 0 <= now_ms - a["at"] < 90 * DAY_MS
             and (a["kind"] in ("call", "meeting", "visit")
                  or (a["kind"] in ("message", "email") and a["direction"] == "inbound"))]
    size = {"large": 1.0, "government": 1.0, "medium": 0.6, "small": 0.3}
    return {"id": customer["id"], "r": min((o[0] for o in in_window), default=None),
            "f": len(in_window), "m": sum(o[1] for o in in_window),
            "recent": sum(o[1] for o in orders if o[0] < 180),
            "earlier": sum(o[1] for o in orders if 180 <= o[0] < 360),
            "open": weighted + customer["potential_base"], "talks": len(talks),
            "size": size.get(customer["kind"], 0.1),
            "age": (now_ms - customer["created_at"]) // DAY_MS,
            "known": bool(orders) or bool(mine("opportunity")),
            "far": any(store["stage"][d["stage"]]["code"] in ("proposal", "negotiation")
                       for d in opened)}


def score(one, buyers, key, worse):
    if one[key] is None or one["f"] == 0:
        return 1
    count = sum(1 for other in buyers if worse(other[key], one[key]))
    return 1 + min(4, 5 * count // len(buyers))


def tiers(store, now_ms):
    """{customer: (tier, value, potential, rfm)}"""
    all_facts = [facts_of(store, c, now_ms) for c in store["customer"].values()]
    buyers = [f for f in all_facts if f["f"] > 0]
    for one in all_facts:
        rfm = (score(one, buyers, "r", lambda a, b: a > b),
               score(one, buyers, "f", lambda a, b: a < b),
               score(one, buyers, "m", lambda a, b: a < b))
        growth = max(0, min(1, (one["recent"] - one["earlier"]) / max(one["earlier"], 1)))
        below = sum(1 for other in all_facts if other["open"] < one["open"])
        one["rfm"] = rfm
        one["value"] = 40 * rfm[0] + 60 * rfm[1] + 100 * rfm[2]
        one["potential"] = nearest(400 * below / len(all_facts) + 200 * growth
                                   + 200 * min(1, one["talks"] / 6) + 200 * one["size"])
    border = percentile([f["value"] for f in buyers], 80) if buyers else None
    return {one["id"]: (tier_of(one, border), one["value"], one["potential"],
                        "%d%d%d" % one["rfm"]) for one in all_facts}


def tier_of(one, border):
    if one["age"] < 30 and not one["known"]:
        return "unrated"
    if border is not None and 100 * one["value"] >= border and one["rfm"][0] >= 2:
        return "high"
    if one["potential"] >= 450 or one["far"]:
        return "potential"
    return "low"


# ---- forecasts: sections 1.5-3, 10 and 11 ----

def revenue_by_month(store, scope, first, last):
    return [sum(o["total_base"] for o in sold(store, scope, [m]))
            for m in months_from(first, last)]


def smooth(series, alpha):
    """Simple exponential smoothing: its last level, and the squares of what it missed."""
    level = sum(series[:6]) / min(6, len(series))
    missed = 0.0
    for y in series:
        missed += (y - level) ** 2
        level += alpha * (y - level)
    return level, missed


def ses(series):
    best = min((0.05, 0.15, 0.3, 0.5, 0.7), key=lambda alpha: smooth(series, alpha)[1])
    return max(0.0, smooth(series, best)[0])


def back_test(series):
    """Folds and WAPE in basis points, of a history of 7 to 15 months."""
    folds = max(1, min(6, len(series) - 6))
    errors = tested = 0
    for last in range(len(series) - folds + 1, len(series) + 1):
        future = series[last - 3:last]
        value = ses(series[:last - 3])
        errors += sum(abs(y - value) for y in future)
        tested += sum(abs(y) for y in future)
    return folds, nearest(10000 * errors / tested)


def stage_rates(store, now_ms):
    """How often a stage led to a win: cohort of 540 to 180 days ago, drawn to the default by 20."""
    rates = {}
    for stage in store["stage"].values():
        won = lost = 0
        for deal in store["opportunity"].values():
            entries = [h["valid_from"] for h in store["stage_history"].values()
                       if h["opportunity"] == deal["id"] and h["stage"] == stage["id"]]
            if entries and now_ms - 540 * DAY_MS <= min(entries) <= now_ms - 180 * DAY_MS:
                won += deal["state"] == "won"
                lost += deal["state"] == "lost"
        rates[stage["id"]] = ratio(10000 * won + 20 * stage["probability_bp"],
                                   won + lost + 20, 1)
    return rates


def pipeline_of_month(store, scope, month, probability):
    return ratio(sum(d["amount_base"] * probability(d) for d in store["opportunity"].values()
                     if d["state"] == "open" and month_of_day(d["close_on"]) == month
                     and scope.owned(d)), 10000, 1)


def same_day(month, day):
    last = first_day(next_month(month)) - 1
    return min(first_day(month) + day - 1, last)


def months_before(month, count):
    for _ in range(count):
        month = (month[0] - (month[1] == 1), month[1] - 1 or 12)
    return month


def new_business(store, scope, now, ahead, months):
    """The median of what came in those months of opportunities that were not there yet."""
    amounts = []
    for month in months:
        limit = same_day(months_before(month, ahead), now.day)
        amount = 0
        for order in sold(store, scope, [month]):
            deal = store["opportunity"].get(order["opportunity"])
            made = (deal or order)["created_at"]
            if (made + ZONE_MS) // DAY_MS > limit:
                amount += order["total_base"]
        amounts.append(amount)
    return ratio(percentile(amounts, 50), 100, 1) if amounts else 0


def combined(store, scope, now_ms, ahead, complete):
    """Sold by now, what is open by the rates of its stage, and what nobody knows of yet."""
    now = EPOCH + datetime.timedelta(days=(now_ms + ZONE_MS) // DAY_MS)
    month = (now.year, now.month)
    for _ in range(ahead):
        month = next_month(month)
    rates = stage_rates(store, now_ms)
    return (sum(o["total_base"] for o in sold(store, scope, [month]))
            + pipeline_of_month(store, scope, month, lambda d: rates[d["stage"]])
            + new_business(store, scope, now, ahead, complete[-12:]))
