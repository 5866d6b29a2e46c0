# SPDX-License-Identifier: Apache-2.0
"""How often and how fast opportunities get on: conversion, cycle, stage_win_rates,
activity_effect."""

import math

from base import (DAY_MS, Scope, by_seq, closed, is_sold, month_of, nearest, percentile, ratio,
                  sample)

Z = 1.959963984540054  # of the normal distribution 2.5 % lie beyond it


def timelines(store):
    """The rows of history of each opportunity, the oldest first."""
    ret = {}
    for row in sorted(store["stage_history"].values(), key=lambda h: (h["valid_from"], h["id"])):
        ret.setdefault(row["opportunity"], []).append(row)
    return ret


def conversion(store, months):
    seq = {s["id"]: s["seq"] for s in by_seq(store)}
    entered, further = {}, {}
    for deal, rows in timelines(store).items():
        if deal not in store["opportunity"]:
            continue  # deleted since
        done = set()
        for at, row in enumerate(rows):
            stage = row["stage"]
            comes = row["state"] == "open" and (at == 0 or rows[at - 1]["stage"] != stage)
            if not comes or stage in done or month_of(row["valid_from"]) not in months:
                continue
            done.add(stage)
            later = rows[at + 1:]
            entered[stage] = entered.get(stage, 0) + 1
            further[stage] = further.get(stage, 0) + any(
                h["state"] == "won" or (h["state"] == "open" and seq[h["stage"]] > seq[stage])
                for h in later)
    made = [d for d in store["opportunity"].values() if month_of(d["created_at"]) in months]
    with_order = {o["opportunity"] for o in store["sales_order"].values() if is_sold(o)}
    ordered = sum(d["id"] in with_order for d in made)
    stages = [s["id"] for s in by_seq(store) if s["kind"] == "open"]
    return {"stages": [{"stage": s, "entered": entered.get(s, 0), "further": further.get(s, 0),
                        "share_bp": ratio(further.get(s, 0), entered.get(s, 0), 10000)}
                       for s in stages],
            "orders": [{"created": len(made), "ordered": ordered,
                        "share_bp": ratio(ordered, len(made), 10000)}]}


def cycle(store, months, owner=None, team=None):
    scope = Scope(store, owner, team)
    won, lost = (closed(store, scope, months, s) for s in ("won", "lost"))
    times = [d["closed_at"] - d["created_at"] for d in won]
    amount = sum(d["amount_base"] for d in won)
    opened = sum(d["state"] == "open" and scope.owned(d) for d in store["opportunity"].values())
    both = len(won) + len(lost)
    return {"cycle": [dict(sample(times), won=len(won), lost=len(lost))],
            "velocity": [{"open": opened, "win_rate_bp": ratio(len(won), both, 10000),
                          "average_base": ratio(amount, len(won), 1),
                          "mean_ms": ratio(sum(times), len(won), 1),
                          "velocity_base": ratio(opened * len(won) * amount * DAY_MS,
                                                 both * sum(times), 1)}]}


# ---- stage_win_rates: section 1.5-2 of the figures ----

def wilson(part, whole):
    if whole == 0:
        return None, None
    p, z2 = part / whole, Z * Z / whole
    reach = Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole))
    low, high = ((p + z2 / 2 + sign * reach) / (1 + z2) for sign in (-1, 1))
    return (0.0 if part == 0 else low), (1.0 if part == whole else high)


def in_bp(share):
    return None if share is None else nearest(10000 * share)


def cohort(store, stage, now_ms):
    """Opportunities that first came to it between 540 and 180 days ago."""
    ret = []
    for number, rows in timelines(store).items():
        first = min((h["valid_from"] for h in rows if h["stage"] == stage), default=None)
        if (number in store["opportunity"] and first is not None
                and now_ms - 540 * DAY_MS <= first <= now_ms - 180 * DAY_MS):
            ret.append(store["opportunity"][number]["state"])
    return ret


def shrunk(won, lost, default_bp):
    """Drawn to the default by 20."""
    return ratio(10000 * won + 20 * default_bp, won + lost + 20, 1)


def stage_rates(store, now_ms):
    """Of open stages, in bp, by id; what the pipeline is weighted by."""
    return {s["id"]: shrunk(c.count("won"), c.count("lost"), s["probability_bp"])
            for s in by_seq(store) for c in [cohort(store, s["id"], now_ms)]}


def stage_win_rates(store, now_ms):
    rows = []
    for stage in by_seq(store):
        if stage["kind"] != "open":
            continue
        states = cohort(store, stage["id"], now_ms)
        won, lost = states.count("won"), states.count("lost")
        low, high = wilson(won, won + lost)
        rows.append({"stage": stage["id"], "entered": len(states), "won": won, "lost": lost,
                     "open": states.count("open"),
                     "closed_bp": ratio(won + lost, len(states), 10000),
                     "plain_bp": ratio(won, won + lost, 10000),
                     "low_bp": in_bp(low), "high_bp": in_bp(high),
                     "default_bp": stage["probability_bp"],
                     "rate_bp": shrunk(won, lost, stage["probability_bp"])})
    return {"stages": rows}


# ---- activity_effect: section 1.5-13 of the figures ----

def done_of(store, deal, kind):
    return sorted(a["at"] for a in store["activity"].values()
                  if a["opportunity"] == deal["id"] and a["status"] == "done"
                  and (kind is None or a["kind"] == kind)
                  and deal["created_at"] <= a["at"] <= deal["closed_at"])


def forward_moves(store, rows):
    """When the stage moved forward, or it was won."""
    seq = {s["id"]: s["seq"] for s in by_seq(store)}
    return [b["valid_from"] for a, b in zip(rows, rows[1:])
            if (b["state"] == "won" and a["state"] != "won")
            or (a["state"] == b["state"] == "open" and seq[b["stage"]] > seq[a["stage"]])]


def at_landmark(rows, at_ms):
    return [h for h in rows if h["valid_from"] <= at_ms][-1]


def group(deals):
    won = [d for d in deals if d["won"]]
    return {"closed": len(deals), "won": len(won), "win_rate_bp": ratio(len(won), len(deals), 10000),
            "median_cycle_ms": percentile([d["cycle"] for d in won], 50)}


def mantel_haenszel(deals):
    """(ratio of risks or None, number of strata) within thirds of amount and stages."""
    strata = {}
    for deal in deals:
        third = 3 * sum(d["amount"] < deal["amount"] for d in deals) // len(deals)
        strata.setdefault((third, deal["stage"]), []).append(deal)
    over = under = 0.0
    for _, both in sorted(strata.items(), key=lambda s: (s[0][1], s[0][0])):
        sides = [[d["won"] for d in both if d["exposed"] == side] for side in (True, False)]
        if sides[0] and sides[1]:
            over += sum(sides[0]) * len(sides[1]) / len(both)
            under += sum(sides[1]) * len(sides[0]) / len(both)
    return (over / under if under else None), len(strata)


def effect(deals, groups):
    one, other = groups
    if min(one["closed"], other["closed"]) < 30:
        return []
    p, q = (g["won"] / g["closed"] for g in groups)
    (low_p, high_p), (low_q, high_q) = (wilson(g["won"], g["closed"]) for g in groups)
    adjusted, strata = mantel_haenszel(deals)
    return [{"difference_bp": in_bp(p - q),
             "low_bp": in_bp(p - q - math.hypot(p - low_p, high_q - q)),
             "high_bp": in_bp(p - q + math.hypot(high_p - p, q - low_q)),
             "lift_milli": nearest(1000 * p / q) if q else None,
             "adjusted_milli": None if adjusted is None else nearest(1000 * adjusted),
             "strata": strata}]


def activity_effect(store, now_ms, kind=None, landmark=14, within=7):
    lines, deals = timelines(store), []
    follows = {"activity": [], "any_day": []}
    for deal in store["opportunity"].values():
        age = now_ms - deal["created_at"]
        if deal["state"] == "open" or not 180 * DAY_MS <= age <= 545 * DAY_MS:
            continue
        rows, done = lines[deal["id"]], done_of(store, deal, kind)
        moves = forward_moves(store, rows)
        for name, times in (("activity", done),
                            ("any_day", range(deal["created_at"], deal["closed_at"], DAY_MS))):
            follows[name] += [any(t < m <= t + within * DAY_MS for m in moves) for t in times]
        limit = deal["created_at"] + landmark * DAY_MS
        if deal["closed_at"] > limit:
            then = at_landmark(rows, limit)
            deals.append({"won": deal["state"] == "won", "amount": then["amount_base"],
                          "stage": then["stage"], "exposed": any(t <= limit for t in done),
                          "cycle": deal["closed_at"] - deal["created_at"]})
    groups = [group([d for d in deals if d["exposed"] == side]) for side in (True, False)]
    return {"groups": [dict(g, group=name) for g, name in zip(groups, ("exposed", "other"))],
            "effect": effect(deals, groups),
            "moves": [{"after": name, "count": len(f), "moved": sum(f),
                       "share_bp": ratio(sum(f), len(f), 10000)} for name, f in follows.items()]}
