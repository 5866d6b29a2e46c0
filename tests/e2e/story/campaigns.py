# SPDX-License-Identifier: Apache-2.0
"""What campaigns brought: campaigns (section 1.5-12 of the figures) and campaign_response."""

import collections

from base import DAY_MS, day_ms, day_of, ratio

WAYS = ("first", "last", "linear")
ANSWERED = ("responded", "attended")


def responses_to(store, deal):
    """Touches of its customer answered from 180 days before it was made until it was closed."""
    found = [t for t in store["campaign_touch"].values()
             if t["customer"] == deal["customer"] and t["responded_at"] is not None
             and deal["created_at"] - 180 * DAY_MS <= t["responded_at"] <= deal["closed_at"]]
    return [t["campaign"] for t in sorted(found, key=lambda t: (t["responded_at"], t["id"]))]


def shares(deal, answered):
    """{way: [(campaign or None, amount)]}"""
    amount = deal["amount_base"]
    if not answered:
        return {way: [(deal["campaign"], amount)] for way in WAYS}
    each, rest = divmod(amount, len(answered))
    return {"first": [(answered[0], amount)], "last": [(answered[-1], amount)],
            "linear": [(c, each + (rest if at == 0 else 0)) for at, c in enumerate(answered)]}


def new_customers(store, campaign, from_ms, to_ms):
    """Answered it first of all, and bought for the first time after that, in the time."""
    count = 0
    for customer in store["customer"].values():
        found = [t for t in store["campaign_touch"].values()
                 if t["customer"] == customer["id"] and t["responded_at"] is not None]
        first = min(found, key=lambda t: (t["responded_at"], t["id"]), default=None)
        bought = customer["converted_at"]
        count += (first is not None and first["campaign"] == campaign and bought is not None
                  and first["responded_at"] <= bought and from_ms <= bought <= to_ms)
    return count


def cost_of(store, campaign, today):
    """In base currency, at the newest rate; None without one. The story's have two decimals."""
    if campaign["currency"] == "CNY":
        return campaign["actual_cost"]
    rates = [r for r in store["fx_rate"].values()
             if r["currency"] == campaign["currency"] and r["on"] <= today]
    if not rates:
        return None
    newest = max(rates, key=lambda r: r["on"])
    return ratio(campaign["actual_cost"] * newest["rate_e8"], 10 ** 8, 1)


def campaigns(store, from_day, to_day, now_ms):
    """The report, and the numbers of its notes: opportunities won, and of those after a response."""
    from_ms, to_ms = day_ms(from_day), day_ms(to_day + 1) - 1
    won = [d for d in store["opportunity"].values()
           if d["state"] == "won" and from_ms <= d["closed_at"] <= to_ms]
    given = {way: collections.Counter() for way in WAYS}
    for deal in won:
        for way, parts in shares(deal, responses_to(store, deal)).items():
            for campaign, amount in parts:
                given[way][campaign] += amount
    rows = []
    for campaign in store["campaign"].values():
        touches = [t for t in store["campaign_touch"].values() if t["campaign"] == campaign["id"]]
        answered = sum(t["status"] in ANSWERED for t in touches)
        cost = cost_of(store, campaign, day_of(now_ms))
        row = {"campaign": campaign["id"], "status": campaign["status"], "touched": len(touches),
               "responded": answered, "response_rate_bp": ratio(answered, len(touches), 10000),
               "new_customers": new_customers(store, campaign["id"], from_ms, to_ms),
               "cost": cost,
               "cost_per_response": None if cost is None else ratio(cost, answered, 1)}
        for way in WAYS:
            mine = row[way] = given[way][campaign["id"]]
            row["roi_%s_bp" % way] = None if cost is None else ratio(mine - cost, cost, 10000)
        rows.append(row)
    rows.sort(key=lambda r: (-r["linear"], r["campaign"]))
    nobody = {way: given[way][None] for way in WAYS}
    totals = [dict({way: sum(r[way] for r in rows) for way in WAYS}, part="attributed"),
              dict(nobody, part="unattributed"),
              dict({way: sum(d["amount_base"] for d in won) for way in WAYS}, part="won")]
    return ({"campaigns": rows, "totals": totals},
            [len(won), sum(bool(responses_to(store, d)) for d in won)])


STATES = ("sent", "opened", "clicked", "responded", "attended", "opted_out")


def response(touches):
    states = collections.Counter(t["status"] for t in touches)
    answered = sum(states[s] for s in ANSWERED)
    return dict({state: states[state] for state in STATES}, touched=len(touches),
                responses=answered, response_rate_bp=ratio(answered, len(touches), 10000))


def campaign_response(store, campaign=None):
    touches = [t for t in store["campaign_touch"].values() if campaign in (None, t["campaign"])]
    rows = []
    for number in {t["campaign"] for t in touches}:
        of = store["campaign"][number]
        row = dict(response([t for t in touches if t["campaign"] == number]), campaign=number,
                   expected_responses=of["expected_responses"], currency=of["currency"],
                   actual_cost=of["actual_cost"])
        row["attainment_bp"] = ratio(row["responses"], of["expected_responses"], 10000)
        row["cost_per_response"] = ratio(of["actual_cost"], row["responses"], 1)
        rows.append(row)
    rows.sort(key=lambda r: (-r["responses"] / r["touched"], r["campaign"]))
    return {"campaigns": rows, "total": [dict(response(touches), campaigns=len(rows))]}
