# SPDX-License-Identifier: Apache-2.0
"""How much of what: product_sales and activity_volume."""

import collections

from base import (Scope, first_day, in_base, lines_of, month_of, order_figures, ratio, sold)
from sales import activities

SALES = ("units", "net_base", "lines")


def product_sales(store, months, product=None):
    cells = collections.defaultdict(lambda: dict.fromkeys(SALES, 0))
    for order in sold(store, Scope(store), months):
        month = month_of(order["confirmed_at"])
        for line, net in zip(lines_of(store, order), order_figures(store, order)["nets"]):
            if product not in (None, line["product"]):
                continue
            cell = cells[month, line["product"]]
            cell["units"] += line["qty_milli"]
            cell["net_base"] += in_base(net, order)
            cell["lines"] += 1

    def total(rows):
        return {key: sum(r[key] for r in rows) for key in SALES}
    whole = total(cells.values())
    products = [dict(total([c for (_, p), c in cells.items() if p == one]), product=one)
                for one in {p for _, p in cells}]
    for row in products:
        row["share_bp"] = ratio(row["net_base"], whole["net_base"], 10000)
    products.sort(key=lambda r: (-r["net_base"], r["product"]))
    return {"months": [dict(total([c for (m, _), c in cells.items() if m == month]),
                            month=first_day(month)) for month in months],
            "products": products,
            "product_months": [dict(cells[key], month=first_day(key[0]), product=key[1])
                               for key in sorted(cells)]}


KINDS = ("call", "email", "meeting", "visit", "message", "task", "note")


def duration(done):
    return 1000 * sum(a["duration_s"] for a in done)


def volume(done):
    return dict({kind: sum(a["kind"] == kind for a in done) for kind in KINDS},
                activities=len(done), duration=duration(done))


def activity_volume(store, months, owner=None, team=None):
    whole = Scope(store, owner, team)
    done = activities(store, whole, months)

    def of_kind(kind):
        mine = [a for a in done if a["kind"] == kind]
        return {"kind": kind, "activities": len(mine), "duration": duration(mine),
                "share_bp": ratio(len(mine), len(done), 10000)}
    ret = {"kinds": [of_kind(kind) for kind in KINDS],
           "months": [dict(volume([a for a in done if month_of(a["at"]) == m]),
                           month=first_day(m)) for m in months]}
    if owner is not None:
        return ret
    people = [dict(volume([a for a in done if a["owner"] == one]), user=one)
              for one in {a["owner"] for a in done}]
    people.sort(key=lambda r: (-r["activities"], r["user"]))
    ret["people"] = people
    ret["teams"] = [dict(volume(activities(store, Scope(store, team=t), months)), team=t)
                    for t in sorted(store["team"]) if team is None or whole.below(t)]
    return ret
