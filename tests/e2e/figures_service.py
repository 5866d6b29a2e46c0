#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Queue and times of support tickets, as the tool tells them and as the file says.
Usage: figures_service.py FOLDER"""

import collections
import sys

from figures import MEDIAN, P90, aggregate, cardex, expect, expect_all, finish, mean, ms_of, quantile, \
    report, rounded, rows_of, share_bp, units

CAME_IN = ms_of("2023-05-31 21:00:00")
NOW = "2023-06-02T12:00:00Z"
NOW_MS = ms_of("2023-06-02 12:00:00")
HOURS = {"urgent": 4, "high": 8, "normal": 24, "low": 72}  # those of a new organisation
PRIORITIES = {"Low": "low", "Medium": "normal", "High": "high", "Critical": "urgent"}
STATUSES = {"Open": "new", "Pending Customer Response": "waiting", "Closed": "closed"}
HANDLERS = {"Email": "mail", "Phone": "phone", "Chat": "chat", "Social media": "social"}
KINDS = {"Technical issue": "fault", "Product inquiry": "question", "Billing inquiry": "question",
         "Refund request": "return", "Cancellation request": "change"}


class Ticket:
    def __init__(self, row):
        self.status = STATUSES[row["Ticket Status"]]
        self.priority = PRIORITIES[row["Ticket Priority"]]
        self.kind = KINDS[row["Ticket Type"]]
        self.product = row["Product Purchased"]
        self.handler = None if self.status == "new" else HANDLERS[row["Ticket Channel"]]
        self.answered = ms_of(row["First Response Time"]) if row["First Response Time"] else None
        self.resolved = ms_of(row["Time to Resolution"]) if row["Time to Resolution"] else None
        self.day = row["Time to Resolution"][:7]
        self.due = CAME_IN + HOURS[self.priority] * 3600000

    def is_late(self):
        return (self.resolved or NOW_MS) > self.due

    def is_overdue(self):
        return self.resolved is None and self.due < NOW_MS


def speed(tickets):
    answers = [ticket.answered - CAME_IN for ticket in tickets if ticket.answered]
    works = [ticket.resolved - CAME_IN for ticket in tickets if ticket.resolved]
    late = sum(ticket.is_late() for ticket in tickets)
    figures = {"requests": len(tickets), "late": late, "late_bp": share_bp(late, len(tickets)),
               "reopened": 0, "answered": len(answers), "resolved": len(works)}
    for name, values in (("answer", answers), ("work", works)):
        figures[f"{name}_mean_ms"] = rounded(mean(values))
        figures[f"{name}_median_ms"] = rounded(quantile(values, MEDIAN))
        figures[f"{name}_p90_ms"] = rounded(quantile(values, P90))
    return figures


def speed_of(row, wanted):
    return {name: units(row[name]) if name.endswith("_bp") else row[name] for name in wanted}


def grouped(tickets, name):
    found = collections.defaultdict(list)
    for ticket in tickets:
        found[getattr(ticket, name)].append(ticket)
    return found


def compare_queue(tickets, found):
    waiting = [ticket for ticket in tickets if ticket.resolved is None]
    expect_all("queue", {(row["status"], row["handler_name"]): row["requests"]
                         for row in found["queue"]},
               dict(collections.Counter((ticket.status, ticket.handler) for ticket in waiting)))
    groups = aggregate("service_request", "--where", "resolved_at is null", "--group",
                       "status,priority", "--allow-scan")
    expect_all("queue by priority", {(row["status"], row["priority"]): row["count"]
                                     for row in groups},
               dict(collections.Counter((ticket.status, ticket.priority) for ticket in waiting)))


def compare_overdue(tickets, found):
    due = sorted(ticket.due for ticket in tickets if ticket.is_overdue())
    shown = [ms_of(row["due_at"].rstrip("Z")) for row in found["overdue"]]
    expect("overdue ones shown, the longest first", shown, due[:1000])
    counted = cardex("count", "service_request", "--where",
                     f"status in (new, assigned, in_progress, waiting) and due_at < {NOW}")
    expect("overdue ones", int(counted), len(due))


def compare_months(tickets, found):
    wanted = {}
    for month in ("2023-05", "2023-06"):
        done = [ticket for ticket in tickets if ticket.day == month]
        late = sum(ticket.is_late() for ticket in done)
        wanted[month] = (len(done), rounded(mean([ticket.resolved - CAME_IN for ticket in done])),
                         late, share_bp(late, len(done)))
    expect_all("resolved in the month",
               {row["month"]: (row["resolved"], row["mean_work_ms"], row["late"],
                               units(row["late_bp"])) for row in found["months"]}, wanted)


def main():
    tickets = [Ticket(row) for row in rows_of(sys.argv[1], "customer_support_tickets.csv")]
    total = speed(tickets)
    for name, column in (("priority", "priority"), ("kind", "kind"), ("handler", "handler_name"),
                         ("product", "product_name")):
        found = report("service", "from=2023-05", "to=2023-06", f"now={NOW}", f"by={name}",
                       "overdue=1000", "--limit", "10000", cut=("overdue",))
        expect_all("all requests", speed_of(found["speed"][0], total), total)
        groups = {key: speed(some) for key, some in grouped(tickets, name).items()}
        expect_all(f"requests by {name}",
                   {row[column]: speed_of(row, total) for row in found["groups"]}, groups)
    compare_queue(tickets, found)
    compare_overdue(tickets, found)
    compare_months(tickets, found)
    finish(100)


main()
