# SPDX-License-Identifier: Apache-2.0
"""Figures of the trade from exported records alone: what the rules must have kept in them, and
what reports must say. `store` is {type: {id: record}}, numbers as they are stored."""

import collections
import datetime

ZONE_MS = 8 * 3600 * 1000
DAY_MS = 86400000
EPOCH = datetime.date(1970, 1, 1)
FOREVER = 253402300799999


def ratio(part, whole, scale):
    """To the nearest, halves away from zero; None of nothing."""
    if whole == 0:
        return None
    size = (2 * abs(part) * scale + abs(whole)) // (2 * abs(whole))
    return -size if (part < 0) != (whole < 0) else size


def month_of(ms):
    """(year, month) of an instant, where the company is."""
    day = EPOCH + datetime.timedelta(days=(ms + ZONE_MS) // DAY_MS)
    return day.year, day.month


def month_of_day(days):
    day = EPOCH + datetime.timedelta(days=days)
    return day.year, day.month


def first_day(month):
    return (datetime.date(month[0], month[1], 1) - EPOCH).days


def next_month(month):
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


def months_from(first, last):
    ret = [first]
    while ret[-1] < last:
        ret.append(next_month(ret[-1]))
    return ret


# ---- what rules keep ----

def shares_of(amount, weights):
    """By largest remainder, of equal ones the first."""
    total = sum(weights)
    if amount == 0 or total == 0:
        return [0] * len(weights)
    ret = [amount * w // total for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[:amount - sum(ret)]:
        ret[i] += 1
    return ret


def is_sold(order):
    return order["status"] in ("confirmed", "fulfilled")


def lines_of(store, order):
    lines = [x for x in store["order_line"].values() if x["order"] == order["id"]]
    return sorted(lines, key=lambda x: x["line_no"])


def order_figures(store, order):
    """Section 1.5-8 of the figures: net, share of the discount, tax."""
    lines = lines_of(store, order)
    nets = [ratio(x["unit_price"] * x["qty_milli"] * (10000 - x["discount_bp"]), 10 ** 7, 1)
            for x in lines]
    shares = shares_of(order["discount"], nets)
    taxes = [ratio((n - s) * x["tax_bp"], 10000, 1) for n, s, x in zip(nets, shares, lines)]
    return {"nets": nets, "taxes": taxes, "subtotal": sum(nets), "tax": sum(taxes),
            "total": sum(nets) - order["discount"] + sum(taxes),
            "units_milli": sum(x["qty_milli"] for x in lines)}


def signed(payment):
    return payment["amount"] if payment["kind"] == "payment" else -payment["amount"]


def payment_status(payments, total):
    net = sum(map(signed, payments))
    if net == total:
        return "paid"
    if net == 0:
        return "refunded" if any(p["kind"] == "refund" for p in payments) else "unpaid"
    return "partial"


def in_base(amount, record):
    """Both currencies of the story have two decimals."""
    return ratio(amount * record["fx_rate_e8"], 10 ** 8, 1)


def check_orders(store, equal):
    for order in store["sales_order"].values():
        name = "order %d " % order["id"]
        figures = order_figures(store, order)
        for field in ("subtotal", "tax", "total", "units_milli"):
            equal(name + field, order[field], figures[field])
        equal(name + "nets", [x["net"] for x in lines_of(store, order)], figures["nets"])
        equal(name + "taxes", [x["tax_amount"] for x in lines_of(store, order)],
              figures["taxes"])
        payments = [p for p in store["payment"].values() if p["order"] == order["id"]]
        equal(name + "paid", order["paid"], sum(map(signed, payments)))
        if is_sold(order):
            equal(name + "total_base", order["total_base"], in_base(order["total"], order))
            equal(name + "payment_status", order["payment_status"],
                  payment_status(payments, order["total"]))
            equal(name + "paid_base", order["paid_base"],
                  sum(in_base(signed(p), order) for p in payments))


def check_opportunities(store, equal):
    for deal in store["opportunity"].values():
        name = "opportunity %d " % deal["id"]
        stage = store["stage"][deal["stage"]]
        done = [a for a in store["activity"].values()
                if a["opportunity"] == deal["id"] and a["status"] == "done"]
        equal(name + "state", deal["state"], stage["kind"])
        equal(name + "amount_base", deal["amount_base"], in_base(deal["amount"], deal))
        equal(name + "expected_base", deal["expected_base"],
              ratio(deal["amount_base"] * deal["probability_bp"], 10000, 1))
        equal(name + "closed", deal["closed_at"] is None, deal["state"] == "open")
        equal(name + "activity_count", deal["activity_count"], len(done))
        equal(name + "last_activity_at", deal["last_activity_at"],
              max((a["at"] for a in done), default=None))
        equal(name + "order_count", deal["order_count"],
              sum(1 for o in store["sales_order"].values()
                  if o["opportunity"] == deal["id"] and o["status"] != "cancelled"))
        check_history(store, deal, equal)


def check_history(store, deal, equal):
    name = "history of opportunity %d " % deal["id"]
    rows = sorted((h for h in store["stage_history"].values() if h["opportunity"] == deal["id"]),
                  key=lambda h: h["valid_from"])
    equal(name + "begins", rows[0]["valid_from"], deal["created_at"])
    equal(name + "goes on", [h["valid_to"] for h in rows[:-1]],
          [h["valid_from"] for h in rows[1:]])
    equal(name + "stands", rows[-1]["valid_to"], FOREVER)
    equal(name + "is", [rows[-1][f] for f in ("stage", "state", "amount_base", "owner",
                                             "probability_bp", "close_on")],
          [deal[f] for f in ("stage", "state", "amount_base", "owner", "probability_bp",
                             "close_on")])
    entered = None
    for before, row in zip([None] + rows, rows):
        moved = before is not None and before["stage"] != row["stage"]
        equal(name + "from_stage", row["from_stage"], before["stage"] if moved else None)
        if moved:
            equal(name + "in_from_ms", row["in_from_ms"], row["valid_from"] - entered)
        if moved or entered is None:
            entered = row["valid_from"]
    equal(name + "stage_entered_at", deal["stage_entered_at"], entered)


def check_customers(store, equal):
    for customer in store["customer"].values():
        name = "customer %d " % customer["id"]

        def mine(kind):
            return [r for r in store[kind].values() if r["customer"] == customer["id"]]
        orders = [o for o in mine("sales_order") if is_sold(o)]
        opened = [d for d in mine("opportunity") if d["state"] == "open"]
        expected = {
            "contact_count": len(mine("contact")),
            "open_opp_count": len(opened),
            "open_opp_base": sum(d["amount_base"] for d in opened),
            "order_count": len(orders),
            "order_base": sum(o["total_base"] for o in orders),
            "paid_base": sum(o["paid_base"] for o in mine("sales_order")),
            "converted_at": min((o["confirmed_at"] for o in orders), default=None),
            "last_order_at": max((o["confirmed_at"] for o in orders), default=None),
            "last_activity_at": max((a["at"] for a in mine("activity")
                                     if a["status"] == "done"), default=None),
            "open_request_count": sum(1 for r in mine("service_request")
                                      if r["status"] not in ("resolved", "closed")),
            "feedback_count": len(mine("feedback")),
            "lifecycle": "active" if orders else "prospect",
        }
        equal(name, {field: customer[field] for field in expected}, expected)


def check_requests(store, equal):
    hours = {"urgent": 4, "high": 8, "normal": 24, "low": 72}
    for request in store["service_request"].values():
        equal("request %d due_at" % request["id"], request["due_at"],
              request["created_at"] + hours[request["priority"]] * 3600000
              + request["waiting_ms"])


def check_touches(store, equal):
    for touch in store["campaign_touch"].values():
        answered = touch["status"] in ("responded", "attended")
        equal("touch %d responded_at" % touch["id"], touch["responded_at"] is not None, answered)


def check_all(store, equal):
    for check in (check_orders, check_opportunities, check_customers, check_requests,
                  check_touches):
        check(store, equal)


# ---- whose ----

class Scope:
    """One user, a team with those below it, or all."""

    def __init__(self, store, user=None, team=None):
        self.users = store["user"]
        self.teams = store["team"]
        self.user, self.team = user, team

    def below(self, team):
        while team is not None and team != self.team:
            team = self.teams[team]["parent"]
        return team is not None

    def credited(self, record):
        if self.user is not None and record["credited_user"] != self.user:
            return False
        return self.team is None or self.below(record["credited_team"])

    def owned(self, record):
        owner = record["owner"]
        if self.user is not None and owner != self.user:
            return False
        return self.team is None or (owner is not None and self.below(self.users[owner]["team"]))


# ---- reports ----

def sold(store, scope, months):
    return [o for o in store["sales_order"].values()
            if is_sold(o) and month_of(o["confirmed_at"]) in months and scope.credited(o)]


def closed(store, scope, months, state):
    return [d for d in store["opportunity"].values()
            if d["state"] == state and month_of(d["closed_at"]) in months and scope.credited(d)]


def conversion(store, scope, months):
    first, last = months[0], months[-1]
    mine = [c for c in store["customer"].values() if scope.owned(c)]
    converted = sum(1 for c in mine if c["converted_at"] is not None
                    and first <= month_of(c["converted_at"]) <= last)
    base = sum(1 for c in mine if month_of(c["created_at"]) <= last
               and (c["converted_at"] is None or month_of(c["converted_at"]) >= first))
    return converted, base


def measures(store, scope, months):
    orders = sold(store, scope, months)
    won, lost = (closed(store, scope, months, s) for s in ("won", "lost"))
    converted, base = conversion(store, scope, months)
    return {
        "revenue_base": sum(o["total_base"] for o in orders),
        "paid_base": sum(in_base(signed(p), store["sales_order"][p["order"]])
                         for p in store["payment"].values()
                         if month_of(p["paid_at"]) in months and scope.credited(p)),
        "deals_won": len(won),
        "orders": len(orders),
        "units": sum(order_figures(store, o)["units_milli"] for o in orders),
        "deals_lost": len(lost),
        "win_rate_bp": ratio(len(won), len(won) + len(lost), 10000),
        "customer_conversion_bp": ratio(converted, base, 10000),
        "new_customers": converted,
        "average_deal_base": ratio(sum(d["amount_base"] for d in won), len(won), 1),
        "average_cycle_days": ratio(sum(d["closed_at"] - d["created_at"] for d in won),
                                    len(won) * DAY_MS, 100),
        "activities": sum(1 for a in store["activity"].values() if a["status"] == "done"
                          and month_of(a["at"]) in months and scope.owned(a)),
    }


METRICS = {"revenue": "revenue_base", "paid": "paid_base", "orders": "orders",
           "new_customers": "new_customers"}


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


def performance(store, months, metric, user=None, team=None):
    """All rows of the report by section; people by id."""
    whole = Scope(store, user, team)
    own = ("user", None, user) if user else ("team", team, None) if team else ("org", None, None)

    def row(scope, of, target_scope):
        return dict(measures(store, scope, of), **attainment(store, scope, of, metric,
                                                             target_scope))
    ret = {"total": [dict(row(whole, months, own), months=len(months))],
           "months": [dict(row(whole, [m], own), month=first_day(m)) for m in months]}
    if user is not None:
        return ret
    ret["teams"] = [dict(row(Scope(store, team=t), months, ("team", t, None)), team=t)
                    for t in sorted(store["team"]) if team is None or whole.below(t)]
    ret["people"] = {}
    for number in store["user"]:
        scope = Scope(store, number, team)
        is_member = team is None or whole.below(store["user"][number]["team"])
        target_scope = ("user", None, number) if is_member else None
        ret["people"][number] = row(scope, months, target_scope)
    return ret


def win_loss(store, months, user=None, team=None):
    scope = Scope(store, user, team)

    def row(of):
        won, lost = (closed(store, scope, of, s) for s in ("won", "lost"))
        won_base, lost_base = (sum(d["amount_base"] for d in x) for x in (won, lost))
        return {"deals_won": len(won), "won_base": won_base, "deals_lost": len(lost),
                "lost_base": lost_base,
                "win_rate_bp": ratio(len(won), len(won) + len(lost), 10000),
                "win_rate_value_bp": ratio(won_base, won_base + lost_base, 10000),
                "average_deal_base": ratio(won_base, len(won), 1),
                "average_cycle_days": ratio(sum(d["closed_at"] - d["created_at"] for d in won),
                                            len(won) * DAY_MS, 100)}
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
    return {"total": [dict(row(months), months=len(months))],
            "months": [dict(row([m]), month=first_day(m)) for m in months], "reasons": rows}


def product_sales(store, months):
    cells = collections.defaultdict(lambda: {"units": 0, "net_base": 0, "lines": 0})
    for order in sold(store, Scope(store), months):
        month = month_of(order["confirmed_at"])
        for line, net in zip(lines_of(store, order), order_figures(store, order)["nets"]):
            cell = cells[month, line["product"]]
            cell["units"] += line["qty_milli"]
            cell["net_base"] += in_base(net, order)
            cell["lines"] += 1

    def total(rows):
        return {key: sum(r[key] for r in rows) for key in ("units", "net_base", "lines")}
    whole = total(cells.values())
    products = [dict(total([c for (_, p), c in cells.items() if p == product]), product=product)
                for product in {p for _, p in cells}]
    for row in products:
        row["share_bp"] = ratio(row["net_base"], whole["net_base"], 10000)
    products.sort(key=lambda r: (-r["net_base"], r["product"]))
    return {"months": [dict(total([c for (m, _), c in cells.items() if m == month]),
                            month=first_day(month)) for month in months],
            "products": products,
            "product_months": [dict(cells[key], month=first_day(key[0]), product=key[1])
                               for key in sorted(cells)]}


KINDS = ("call", "email", "meeting", "visit", "message", "task", "note")


def activity_volume(store, months):
    done = [a for a in store["activity"].values()
            if a["status"] == "done" and month_of(a["at"]) in months]

    def row(mine):
        ret = {kind: sum(1 for a in mine if a["kind"] == kind) for kind in KINDS}
        return dict(ret, activities=len(mine),
                    duration=1000 * sum(a["duration_s"] for a in mine))
    people = [dict(row([a for a in done if a["owner"] == owner]), user=owner)
              for owner in {a["owner"] for a in done}]
    people.sort(key=lambda r: (-r["activities"], r["user"]))
    return {"months": [dict(row([a for a in done if month_of(a["at"]) == m]),
                            month=first_day(m)) for m in months], "people": people}


def campaign_response(store):
    rows = []
    for campaign in store["campaign"].values():
        states = collections.Counter(t["status"] for t in store["campaign_touch"].values()
                                     if t["campaign"] == campaign["id"])
        touched, responses = sum(states.values()), states["responded"] + states["attended"]
        if touched == 0:
            continue
        row = {state: states[state] for state in ("sent", "opened", "clicked", "responded",
                                                  "attended", "opted_out")}
        row.update(campaign=campaign["id"], touched=touched, responses=responses,
                   response_rate_bp=ratio(responses, touched, 10000),
                   expected_responses=campaign["expected_responses"],
                   attainment_bp=ratio(responses, campaign["expected_responses"], 10000),
                   actual_cost=campaign["actual_cost"],
                   cost_per_response=ratio(campaign["actual_cost"], responses, 1))
        rows.append(row)
    return rows


def satisfaction(store, months):
    def row(of):
        mine = [f for f in store["feedback"].values() if month_of(f["received_at"]) in of]
        scores = [f["score"] for f in mine if f["score"] is not None]
        good, bad = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
        complaints = sum(f["kind"] == "complaint" for f in mine)
        orders = len(sold(store, Scope(store), of))
        return {"feedback": len(mine), "scored": len(scores), "promoters": good,
                "passives": len(scores) - good - bad, "detractors": bad,
                "nps": ratio(good - bad, len(scores), 10000), "complaints": complaints,
                "orders": orders, "per_100_orders": ratio(complaints, orders, 10000)}
    return {"months": [dict(row([m]), month=first_day(m)) for m in months],
            "total": [row(months)]}


def service(store, months):
    rows = []
    for month in months:
        done = [r for r in store["service_request"].values()
                if r["resolved_at"] is not None and month_of(r["resolved_at"]) == month]
        work = sum(r["resolved_at"] - r["created_at"] - r["waiting_ms"] for r in done)
        late = sum(r["resolved_at"] > r["due_at"] for r in done)
        rows.append({"month": first_day(month), "resolved": len(done),
                     "mean_work_ms": ratio(work, len(done), 1), "late": late,
                     "late_bp": ratio(late, len(done), 10000)})
    return rows


def in_force(store, today):
    signed = [c for c in store["contract"].values() if c["status"] == "signed"]
    active = [c for c in signed if c["start_on"] <= today
              and (c["end_on"] is None or today <= c["end_on"])]
    return {"contracts": len(active), "amount_base": sum(c["amount_base"] for c in active)}


def outstanding(store):
    return sum(in_base(o["total"] - o["paid"], o) for o in store["sales_order"].values()
               if is_sold(o) and o["payment_status"] in ("unpaid", "partial"))


def moves(store):
    """From stage to stage, with the time spent in the first."""
    found = collections.defaultdict(list)
    for row in store["stage_history"].values():
        if row["from_stage"] is not None:
            found[row["from_stage"], row["stage"]].append(row["in_from_ms"])
    return [{"from_stage": key[0], "to_stage": key[1], "count": len(found[key]),
             "mean_ms": ratio(sum(found[key]), len(found[key]), 1)} for key in sorted(found)]


def board(store):
    rows = []
    for stage in sorted(store["stage"].values(), key=lambda s: s["seq"]):
        deals = [d for d in store["opportunity"].values() if d["stage"] == stage["id"]]
        if stage["kind"] == "open":
            rows.append({"stage": stage["id"], "count": len(deals),
                         "amount_base": sum(d["amount_base"] for d in deals),
                         "weighted_base": ratio(sum(d["amount_base"] * d["probability_bp"]
                                                    for d in deals), 10000, 1)})
    return rows


def pipeline(store, at_ms):
    """As it was at an instant, from the rows of history that stood then."""
    rows = []
    for stage in sorted(store["stage"].values(), key=lambda s: s["seq"]):
        stood = [h for h in store["stage_history"].values()
                 if h["stage"] == stage["id"] and h["state"] == "open"
                 and h["valid_from"] <= at_ms < h["valid_to"]]
        if stage["kind"] == "open":
            rows.append({"stage": stage["id"], "count": len(stood),
                         "amount_base": sum(h["amount_base"] for h in stood),
                         "weighted_base": ratio(sum(h["amount_base"] * h["probability_bp"]
                                                    for h in stood), 10000, 1)})
    return rows
