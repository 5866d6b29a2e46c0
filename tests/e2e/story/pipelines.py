# SPDX-License-Identifier: Apache-2.0
"""What is open and what became of it: board, pipeline, movement, funnel, priority."""

import collections
import fractions

from base import DAY_MS, Scope, by_seq, day_of, month_of, picked, ratio
from guard import Cut

CARD = ("id stage number title customer owner amount currency expected_base probability_bp "
        "close_on next_step last_activity_at")


def totals(rows):
    return {"count": len(rows), "amount_base": sum(r["amount_base"] for r in rows),
            "weighted_base": ratio(sum(r["amount_base"] * r["probability_bp"] for r in rows),
                                   10000, 1)}


def board(store, cards=20, owner=None, team=None):
    scope = Scope(store, owner, team)
    rows, shown = [], []
    for stage in by_seq(store):
        deals = [d for d in store["opportunity"].values()
                 if d["stage"] == stage["id"] and scope.owned(d)]
        if stage["kind"] == "open":
            rows.append(dict(totals(deals), stage=stage["id"]))
            deals.sort(key=lambda d: (d["close_on"], d["id"]))
            shown += [picked(d, CARD) for d in deals[:cards]]
    cut = sum(r["count"] for r in rows) > len(shown)
    return {"stages": rows, "cards": Cut(shown) if cut else shown}


# ---- of history ----

def standing(store, at_ms, scope):
    return [h for h in store["stage_history"].values() if h["state"] == "open"
            and h["valid_from"] <= at_ms < h["valid_to"] and scope.owned(h)]


def pipeline(store, at_ms, by="stage", owner=None, team=None):
    """As it was at an instant, from the rows of history that stood then."""
    stood = standing(store, at_ms, Scope(store, owner, team))

    def of(stage, rows):
        return [h for h in rows if h["stage"] == stage["id"]]
    open_stages = [s for s in by_seq(store) if s["kind"] == "open"]
    ret = {"stages": [dict(totals(of(s, stood)), stage=s["id"]) for s in open_stages],
           "total": [totals(stood)]}
    if by == "owner":
        ret["owners"] = [dict(totals(of(s, mine)), owner=one, stage=s["id"])
                         for one in sorted({h["owner"] for h in stood})
                         for mine in [[h for h in stood if h["owner"] == one]]
                         for s in open_stages if of(s, mine)]
    return ret


MOVES = {"new": 1, "reopened": 1, "restored": 1, "transferred_in": 1, "up": 1, "down": -1, "won": -1,
         "lost": -1, "deleted": -1, "transferred_out": -1}
CHANGES = ("slipped", "pulled_in", "forward", "backward")


def events(store):
    """(row, the one before it of the same opportunity or None) by time."""
    last, ret = {}, []
    for row in sorted(store["stage_history"].values(), key=lambda h: (h["valid_from"], h["id"])):
        ret.append((row, last.get(row["opportunity"])))
        last[row["opportunity"]] = row
    return ret


def moves_of(store, scope, row, before):
    """[(what, amount)] that a change does to the pipeline of the scope."""
    def inside(one):
        return (one is not None and one["state"] == "open" and one["cause"] != "delete"
                and scope.owned(one))
    amount, ret = row["amount_base"], []
    if inside(before) and row["amount_base"] != before["amount_base"]:
        more = row["amount_base"] - before["amount_base"]
        ret.append(("up", more) if more > 0 else ("down", -more))
    if inside(before) and inside(row):
        if row["close_on"] != before["close_on"]:
            ret.append(("slipped" if row["close_on"] > before["close_on"] else "pulled_in", amount))
        here, there = (store["stage"][h["stage"]]["seq"] for h in (before, row))
        if here != there:
            ret.append(("forward" if there > here else "backward", amount))
    elif inside(before):
        ways = {"delete": "deleted"}
        out = row["state"] if row["state"] != "open" else "transferred_out"
        ret.append((ways.get(row["cause"], out), amount))
    elif inside(row):
        if before is None:
            what = "new"
        elif before["cause"] == "delete":
            what = "restored"
        else:
            what = "transferred_in" if before["state"] == "open" else "reopened"
        ret.append((what, amount))
    return ret


def movement(store, from_ms, to_ms, owner=None, team=None):
    scope = Scope(store, owner, team)
    found = collections.defaultdict(list)
    for row, before in events(store):
        if from_ms < row["valid_from"] <= to_ms:
            for what, amount in moves_of(store, scope, row, before):
                found[what].append(amount)

    def stood(name, at_ms):
        rows = standing(store, at_ms, scope)
        return {"move": name, "count": len(rows), "amount_base": sum(h["amount_base"] for h in rows)}

    def row(name, sign):
        return {"move": name, "count": len(found[name]), "amount_base": sign * sum(found[name])}
    rows = ([stood("opening", from_ms)] + [row(name, sign) for name, sign in MOVES.items()]
            + [stood("closing", to_ms)])
    if sum(r["amount_base"] for r in rows[:-1]) != rows[-1]["amount_base"]:
        raise AssertionError("what moved does not add up: %r" % rows)
    return {"movement": rows, "changes": [row(name, 1) for name in CHANGES]}


def funnel(store, months):
    """From stage to stage, with the time spent in the first."""
    found = collections.defaultdict(list)
    for row in store["stage_history"].values():
        if row["from_stage"] is not None and month_of(row["valid_from"]) in months:
            found[row["from_stage"], row["stage"]].append(row["in_from_ms"])
    seq = {s["id"]: s["seq"] for s in by_seq(store)}
    kind = {s["id"]: s["kind"] for s in by_seq(store)}

    def stage(one):
        mine = [(to, ms) for (left, to), times in found.items() if left == one for ms in times]
        ret = {"stage": one, "left": len(mine),
               "forward": sum(kind[to] == "open" and seq[to] > seq[one] for to, _ in mine),
               "backward": sum(kind[to] == "open" and seq[to] < seq[one] for to, _ in mine),
               "won": sum(kind[to] == "won" for to, _ in mine),
               "lost": sum(kind[to] == "lost" for to, _ in mine),
               "mean_ms": ratio(sum(ms for _, ms in mine), len(mine), 1)}
        return dict(ret, forward_bp=ratio(ret["forward"] + ret["won"], len(mine), 10000))
    return {"stages": [stage(s["id"]) for s in by_seq(store) if s["kind"] == "open"],
            "moves": [{"from_stage": key[0], "to_stage": key[1], "count": len(found[key]),
                       "mean_ms": ratio(sum(found[key]), len(found[key]), 1)}
                      for key in sorted(found, key=lambda k: (seq[k[0]], seq[k[1]]))]}


# ---- priority: section 1.5-4 of the figures ----

def falling(at, full, none):
    """1 up to `full`, then in a line down to 0 at `none`."""
    share = fractions.Fraction(none - at, none - full)
    return min(fractions.Fraction(1), max(fractions.Fraction(0), share))


def points(most, share):
    return ratio(most * share.numerator, share.denominator, 1)


def priority(store, owner, now_ms):
    deals = [d for d in store["opportunity"].values()
             if d["state"] == "open" and d["owner"] == owner]
    rows = []
    for deal in deals:
        tier = store["customer"][deal["customer"]]["tier"]
        less = sum(d["expected_base"] < deal["expected_base"] for d in deals)
        last = deal["last_activity_at"]
        parts = {"value": points(500, fractions.Fraction(less, len(deals))),
                 "of_customer": {"high": 200, "potential": 100}.get(tier, 0),
                 "nearness": points(150, falling(deal["close_on"] - day_of(now_ms), 30, 180)),
                 "momentum": 0 if last is None
                 else points(150, falling(now_ms - last, 7 * DAY_MS, 45 * DAY_MS))}
        rows.append(dict(picked(deal, "id title customer stage expected_base close_on "
                                      "last_activity_at"),
                         tier=tier, priority=sum(parts.values()), **parts))
    rows.sort(key=lambda r: (-r["priority"], -r["expected_base"], r["id"]))
    return {"opportunities": rows}
