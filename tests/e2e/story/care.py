# SPDX-License-Identifier: Apache-2.0
"""What comes after the sale: service and satisfaction."""

from base import Scope, first_day, month_of, ratio, sample, sold
from guard import Unordered

OPEN = ("new", "assigned", "in_progress", "waiting")


def is_late(request, now_ms):
    return (request["resolved_at"] or now_ms) > request["due_at"]


def work_of(request):
    return request["resolved_at"] - request["created_at"] - request["waiting_ms"]


def speed(requests, now_ms):
    answers = [r["first_response_at"] - r["created_at"] for r in requests
               if r["first_response_at"] is not None]
    works = [work_of(r) for r in requests if r["resolved_at"] is not None]
    late = sum(is_late(r, now_ms) for r in requests)
    again = sum(r["reopen_count"] > 0 for r in requests)
    return dict(sample(answers, "answer_"), **sample(works, "work_"), requests=len(requests),
                answered=len(answers), resolved=len(works), late=late,
                late_bp=ratio(late, len(requests), 10000), reopened=again,
                reopened_bp=ratio(again, len(requests), 10000))


def service(store, months, now_ms, handler=None, by="handler"):
    mine = [r for r in store["service_request"].values() if handler in (None, r["handler"])]
    waiting = [r for r in mine if r["status"] in OPEN]
    late = [r for r in waiting if r["due_at"] < now_ms]
    late.sort(key=lambda r: (r["due_at"], r["id"]))
    queue = sorted({(OPEN.index(r["status"]), r["handler"] or 0) for r in waiting})
    shown = ("id", "number", "title", "customer", "kind", "priority", "status", "handler",
             "due_at", "created_at")
    resolved = []
    for month in months:
        done = [r for r in mine
                if r["resolved_at"] is not None and month_of(r["resolved_at"]) == month]
        count = sum(r["resolved_at"] > r["due_at"] for r in done)
        resolved.append({"month": first_day(month), "resolved": len(done),
                         "mean_work_ms": ratio(sum(map(work_of, done)), len(done), 1),
                         "late": count, "late_bp": ratio(count, len(done), 10000)})
    made = [r for r in mine if month_of(r["created_at"]) in months]
    return {"queue": [{"status": OPEN[at], "handler": who or None, "requests": sum(
                          r["status"] == OPEN[at] and (r["handler"] or 0) == who for r in waiting)}
                      for at, who in queue],
            "overdue": [{name: r[name] for name in shown} for r in late],
            "months": resolved, "speed": [speed(made, now_ms)],
            "groups": Unordered(dict(speed([r for r in made if r[by] == key], now_ms), **{by: key})
                                for key in {r[by] for r in made})}


def voices(feedback):
    scores = [f["score"] for f in feedback if f["score"] is not None]
    good, bad = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    return {"feedback": len(feedback), "scored": len(scores), "promoters": good,
            "passives": len(scores) - good - bad, "detractors": bad,
            "nps": ratio(good - bad, len(scores), 10000),
            "complaints": sum(f["kind"] == "complaint" for f in feedback)}


def satisfaction(store, months, product=None):
    def heard(of):
        return [f for f in store["feedback"].values() if month_of(f["received_at"]) in of
                and product in (None, f["product"])]

    def row(of):
        said = voices(heard(of))
        orders = len(sold(store, Scope(store), of)) if product is None else None
        share = ratio(said["complaints"], orders, 10000) if product is None else None
        return dict(said, orders=orders, per_100_orders=share)
    return {"months": [dict(row([m]), month=first_day(m)) for m in months], "total": [row(months)],
            "products": Unordered(
                dict(voices([f for f in heard(months) if f["product"] == key]), product=key)
                for key in {f["product"] for f in heard(months)})}
