# SPDX-License-Identifier: Apache-2.0
"""What all figures are made of: time, shares, scopes, orders. `store` is {type: {id: record}} as
it was exported, numbers as they are stored."""

import datetime
import math

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


# ---- orders ----

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


# ---- what was sold and closed ----

def sold(store, scope, months):
    return [o for o in store["sales_order"].values()
            if is_sold(o) and month_of(o["confirmed_at"]) in months and scope.credited(o)]


def closed(store, scope, months, state):
    return [d for d in store["opportunity"].values()
            if d["state"] == state and month_of(d["closed_at"]) in months and scope.credited(d)]


# ---- the middle of numbers ----

def percentile(values, percent):
    """Linear between the two nearest (type 7 of Hyndman and Fan), to the nearest; None of none."""
    if not values:
        return None
    return ratio(percentile_100(values, percent), 100, 1)


def percentile_100(values, percent):
    """The same, exact, times 100."""
    values = sorted(values)
    at = (len(values) - 1) * percent
    low, rest = values[at // 100], at % 100
    high = values[min(at // 100 + 1, len(values) - 1)]
    return low * 100 + (high - low) * rest


def sample(values, name=""):
    """Mean, median and 90th percentile, as columns."""
    return {name + "mean_ms": ratio(sum(values), len(values), 1),
            name + "median_ms": percentile(values, 50), name + "p90_ms": percentile(values, 90)}


def nearest(value):
    """Of a real number; halves away from zero."""
    size = math.floor(abs(value) + 0.5)
    return -size if value < 0 else size


# ---- records as a report has them ----

def day_of(ms):
    """Days since 1970, where the company is."""
    return (ms + ZONE_MS) // DAY_MS


def day_ms(day):
    """When it begins."""
    return day * DAY_MS - ZONE_MS


def span_ms(months):
    """From the beginning of the first to the last moment of the last."""
    return day_ms(first_day(months[0])), day_ms(first_day(next_month(months[-1]))) - 1


def picked(record, columns):
    return {name: record[name] for name in columns.split()}


def by_seq(store):
    return sorted(store["stage"].values(), key=lambda s: s["seq"])


def iso(ms):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"
