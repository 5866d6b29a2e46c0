# SPDX-License-Identifier: Apache-2.0
"""Tiers of customers: section 1.5-9 of the figures, and the report of a run."""

from base import DAY_MS, day_of, is_sold, nearest, percentile_100, picked, ratio

TIERS = ("high", "potential", "low", "unrated")
NUMBERS = (365, 40, 60, 100)  # of the run: days of the window, weights of R, F and M


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


def by_hand(store, customer, now_ms):
    """The newest tier set by hand that stands; None: there is none."""
    rows = [r for r in store["customer_tier"].values() if r["customer"] == customer
            and r["as_of"] < now_ms]
    newest = max(rows, key=lambda r: r["as_of"], default=None)
    if newest is None or not newest["manual"]:
        return None
    if newest["expires_on"] is not None and newest["expires_on"] < day_of(now_ms):
        return None
    return newest


def tiers(store, now_ms):
    """What a run at that time writes, by customer. The store is as it was before."""
    all_facts = [facts_of(store, c, now_ms) for c in store["customer"].values()]
    buyers = [f for f in all_facts if f["f"] > 0]
    for one in all_facts:
        rfm = (score(one, buyers, "r", lambda a, b: a > b),
               score(one, buyers, "f", lambda a, b: a < b),
               score(one, buyers, "m", lambda a, b: a < b))
        growth = max(0, min(1, (one["recent"] - one["earlier"]) / max(one["earlier"], 1)))
        below = sum(1 for other in all_facts if other["open"] < one["open"])
        one["rfm"] = rfm
        one["value"] = sum(weight * points for weight, points in zip(NUMBERS[1:], rfm))
        one["potential"] = nearest(400 * below / len(all_facts) + 200 * growth
                                   + 200 * min(1, one["talks"] / 6) + 200 * one["size"])
    border = percentile_100([f["value"] for f in buyers], 80) if buyers else None
    return {one["id"]: row_of(store, one, border, now_ms) for one in all_facts}


def row_of(store, one, border, now_ms):
    hand = by_hand(store, one["id"], now_ms)
    return {"customer": one["id"], "tier": hand["tier"] if hand else tier_of(one, border),
            "value_score": one["value"], "potential_score": one["potential"],
            "rfm": "%d%d%d" % one["rfm"], "r_days": one["r"], "f_count": one["f"],
            "m_base": one["m"], "manual": hand is not None,
            "expires_on": hand["expires_on"] if hand else None}


def tier_of(one, border):
    if one["age"] < 30 and not one["known"]:
        return "unrated"
    if border is not None and 100 * one["value"] >= border and one["rfm"][0] >= 2:
        return "high"
    if one["potential"] >= 450 or one["far"]:
        return "potential"
    return "low"


def report(store, now_ms):
    """Of the newest run, whose rows are in the store."""
    made = [r for r in store["customer_tier"].values()
            if r["params"] is not None and r["as_of"] <= now_ms]
    if not made:
        return {}
    as_of = max(r["as_of"] for r in made)
    rows = [r for r in store["customer_tier"].values() if r["as_of"] == as_of]
    rows.sort(key=lambda r: (TIERS.index(r["tier"]), r["id"]))

    def before(row):
        older = [r for r in store["customer_tier"].values()
                 if r["customer"] == row["customer"] and r["as_of"] < as_of]
        return max(older, key=lambda r: r["as_of"])["tier"] if older else None
    of = {name: [r for r in rows if r["tier"] == name] for name in TIERS}
    return {
        "totals": [{"tier": name, "customers": len(of[name]),
                    "share_bp": ratio(len(of[name]), len(rows), 10000),
                    "by_hand": sum(r["manual"] for r in of[name]),
                    "m_base": sum(r["m_base"] for r in of[name])} for name in TIERS],
        "changes": [dict(picked(r, "customer tier reason"), before=before(r)) for r in rows
                    if before(r) not in (None, r["tier"])],
        "customers": [picked(r, "customer tier value_score potential_score rfm r_days f_count "
                                "m_base manual reason expires_on") for r in rows]}
