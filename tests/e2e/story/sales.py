# SPDX-License-Identifier: Apache-2.0
"""Sales by month, person and team: performance, customer_conversion, win_loss."""

import collections

from base import (DAY_MS, Scope, closed, first_day, in_base, month_of, month_of_day,
                  order_figures, ratio, signed, sold)

METRICS = {"revenue": "revenue_base", "paid": "paid_base", "orders": "orders",
           "new_customers": "new_customers"}


def convertible(store, scope, months):
    """(customers that bought for the first time, those that could)"""
    first, last = months[0], months[-1]
    mine = [c for c in store["customer"].values() if scope.owned(c)]
    converted = sum(1 for c in mine if c["converted_at"] is not None
                    and first <= month_of(c["converted_at"]) <= last)
    base = sum(1 for c in mine if month_of(c["created_at"]) <= last
               and (c["converted_at"] is None or month_of(c["converted_at"]) >= first))
    return converted, base


def payments(store, scope, months):
    return [p for p in store["payment"].values()
            if month_of(p["paid_at"]) in months and scope.credited(p)]


def activities(store, scope, months):
    return [a for a in store["activity"].values() if a["status"] == "done"
            and month_of(a["at"]) in months and scope.owned(a)]


def outcome(store, scope, months):
    """What win_loss and performance say of closed opportunities."""
    won, lost = (closed(store, scope, months, s) for s in ("won", "lost"))
    won_base, lost_base = (sum(d["amount_base"] for d in x) for x in (won, lost))
    return {"deals_won": len(won), "won_base": won_base, "deals_lost": len(lost),
            "lost_base": lost_base, "win_rate_bp": ratio(len(won), len(won) + len(lost), 10000),
            "win_rate_value_bp": ratio(won_base, won_base + lost_base, 10000),
            "average_deal_base": ratio(won_base, len(won), 1),
            "average_cycle_days": ratio(sum(d["closed_at"] - d["created_at"] for d in won),
                                        len(won) * DAY_MS, 100)}


def measures(store, scope, months):
    orders = sold(store, scope, months)
    converted, base = convertible(store, scope, months)
    ret = outcome(store, scope, months)
    for name in ("won_base", "lost_base", "win_rate_value_bp"):
        del ret[name]
    return dict(ret, revenue_base=sum(o["total_base"] for o in orders), orders=len(orders),
                paid_base=sum(in_base(signed(p), store["sales_order"][p["order"]])
                              for p in payments(store, scope, months)),
                units=sum(order_figures(store, o)["units_milli"] for o in orders),
                customer_conversion_bp=ratio(converted, base, 10000), new_customers=converted,
                activities=len(activities(store, scope, months)))


def attainment(store, scope, months, metric, target_scope):
    """Of the months that have a target; `target_scope` is (scope, team, user)."""
    target, reached = 0, 0
    any_month = False
    for month in months:
        for t in store["sales_target"].values():
            if ((t["scope"], t["team"], t["user"]) == target_scope and t["metric"] == metric
                    and month_of_day(t["period"]) == month):
                any_month = True
                target += t["value"]
                reached += measures(store, scope, [month])[METRICS[metric]]
    return {"target": target if any_month else None,
            "attainment_bp": ratio(reached, target, 10000) if any_month else None}


def is_there(store, scope, months, row):
    """Whether there is anything to say of a person: figures, a target, or customers."""
    return (row["target"] is not None or sold(store, scope, months)
            or payments(store, scope, months) or row["deals_won"] or row["deals_lost"]
            or row["activities"]
            or any(scope.owned(c) and month_of(c["created_at"]) <= months[-1]
                   for c in store["customer"].values()))


def performance(store, months, metric="revenue", owner=None, team=None):
    whole = Scope(store, owner, team)
    own = ("user", None, owner) if owner else ("team", team, None) if team else ("org", None, None)

    def row(scope, of, target_scope):
        return dict(measures(store, scope, of), **attainment(store, scope, of, metric,
                                                             target_scope))
    ret = {"total": [dict(row(whole, months, own), months=len(months))],
           "months": [dict(row(whole, [m], own), month=first_day(m)) for m in months]}
    if owner is not None:
        return ret
    ret["teams"] = [dict(row(Scope(store, team=t), months, ("team", t, None)), team=t)
                    for t in sorted(store["team"]) if team is None or whole.below(t)]
    people = []
    for number in store["user"]:
        scope = Scope(store, number, team)
        is_member = team is None or whole.below(store["user"][number]["team"])
        one = dict(row(scope, months, ("user", None, number) if is_member else None), user=number)
        if is_there(store, scope, months, one):
            people.append(one)
    people.sort(key=lambda r: (-r[METRICS[metric]], r["user"]))
    ret["people"] = people
    return ret


def customer_conversion(store, months, owner=None, team=None):
    whole = Scope(store, owner, team)

    def row(scope, of):
        converted, base = convertible(store, scope, of)
        return {"customers": base, "converted": converted,
                "conversion_bp": ratio(converted, base, 10000)}
    ret = {"total": [dict(row(whole, months), months=len(months))],
           "months": [dict(row(whole, [m]), month=first_day(m)) for m in months]}
    if owner is not None:
        return ret
    ret["teams"] = [dict(row(Scope(store, team=t), months), team=t)
                    for t in sorted(store["team"]) if team is None or whole.below(t)]
    owners = {c["owner"] for c in store["customer"].values() if whole.owned(c)
              and month_of(c["created_at"]) <= months[-1]}
    people = [dict(row(Scope(store, one, team), months), user=one) for one in owners]
    people.sort(key=lambda r: (-r["converted"], r["user"]))
    ret["people"] = people
    return ret


def win_loss(store, months, owner=None, team=None):
    scope = Scope(store, owner, team)
    lost = closed(store, scope, months, "lost")
    total = sum(d["amount_base"] for d in lost)
    reasons = collections.defaultdict(list)
    for deal in lost:
        reasons[deal["lost_reason"]].append(deal["amount_base"])
    rows = [{"lost_reason": reason, "deals_lost": len(amounts),
             "share_bp": ratio(len(amounts), len(lost), 10000), "lost_base": sum(amounts),
             "share_value_bp": ratio(sum(amounts), total, 10000)}
            for reason, amounts in reasons.items()]
    rows.sort(key=lambda r: (-r["deals_lost"], r["lost_reason"]))
    return {"total": [dict(outcome(store, scope, months), months=len(months))],
            "months": [dict(outcome(store, scope, [m]), month=first_day(m)) for m in months],
            "reasons": rows}
