# SPDX-License-Identifier: Apache-2.0
"""What is agreed, owed and known of a customer: contracts, receivables, customer."""

from base import Scope, day_of, is_sold, picked, ratio
from guard import Cut

RENEWAL_DAYS = 90


# ---- contracts: section 1.5-16 of the figures ----

def phase(contract, today):
    if today < contract["start_on"]:
        return "pending"
    return "expired" if contract["end_on"] is not None and today > contract["end_on"] else "active"


def is_renewed(store, contract):
    """Another of the customer began after it, at most 90 days after its end, and ends later."""
    return any(c["customer"] == contract["customer"] and c["status"] in ("signed", "terminated")
               and contract["start_on"] < c["start_on"] <= contract["end_on"] + RENEWAL_DAYS
               and (c["end_on"] is None or c["end_on"] > contract["end_on"])
               for c in store["contract"].values())


def value(name, contracts):
    return {"phase": name, "contracts": len(contracts),
            "amount_base": sum(c["amount_base"] for c in contracts)}


def contracts(store, now_ms, days=None, owner=None, team=None):
    """Renewals are those of a year ago to 91 days ago, as the report has it unless told."""
    today, scope = day_of(now_ms), Scope(store, owner, team)
    mine = [c for c in store["contract"].values() if c["status"] == "signed" and scope.owned(c)]
    live = [c for c in mine if phase(c, today) != "expired"]
    soon = [c for c in live if phase(c, today) == "active" and c["end_on"] is not None
            and c["end_on"] - today <= (c["notice_days"] if days is None else days)]
    over = [c for c in mine if phase(c, today) == "expired"
            and today - 365 <= c["end_on"] <= today - 91]
    renewed = sum(is_renewed(store, c) for c in over)
    return {
        "in_force": [value("active", [c for c in live if phase(c, today) == "active"]),
                     value("pending", [c for c in live if phase(c, today) == "pending"]),
                     value("open_ended", [c for c in live if c["end_on"] is None])],
        "expiring": [dict(picked(c, "id number title customer owner end_on amount_base auto_renew"),
                          days_left=c["end_on"] - today)
                     for c in sorted(soon, key=lambda c: (c["end_on"], c["id"]))],
        "renewals": [{"expired": len(over), "renewed": renewed,
                      "share_bp": ratio(renewed, len(over), 10000)}]}


# ---- receivables ----

AGES = (("days_1_30", 1, 30), ("days_31_60", 31, 60), ("days_61_90", 61, 90),
        ("days_91", 91, 10 ** 6))


def age_of(order, today):
    if order["due_on"] is None:
        return "undated"
    late = today - order["due_on"]
    return next((name for name, low, high in AGES if low <= late <= high), "not_due")


def receivables(store, now_ms, overdue=True, owner=None, team=None, customer=None):
    today, scope = day_of(now_ms), Scope(store, owner, team)
    owed = [o for o in store["sales_order"].values() if is_sold(o) and scope.owned(o)
            and o["payment_status"] in ("unpaid", "partial")
            and customer in (None, o["customer"])]

    def late(order):
        return None if order["due_on"] is None or order["due_on"] >= today \
            else today - order["due_on"]

    def rest(order):
        return order["total_base"] - order["paid_base"]
    rows = [dict(picked(o, "id number customer owner due_on currency total paid"),
                 days_overdue=late(o), outstanding_base=rest(o))
            for o in owed if late(o) is not None or not overdue]
    rows.sort(key=lambda r: (r["due_on"] is not None, r["due_on"] or 0, r["id"]))
    names = ["undated", "not_due"] + [name for name, _, _ in AGES]
    return {"ages": [{"age": name, "orders": sum(age_of(o, today) == name for o in owed),
                      "outstanding_base": sum(rest(o) for o in owed if age_of(o, today) == name)}
                     for name in names], "orders": rows}


# ---- customer ----

CUSTOMER = ("id name short_name kind industry lifecycle tier source owner phone email region city "
            "address potential_base converted_at last_order_at last_activity_at contact_count "
            "open_opp_count open_opp_base order_count order_base paid_base open_request_count "
            "feedback_count created_at")
CONTACT = "id name title role mobile phone email wechat is_primary active last_activity_at"
DEAL = ("id number title stage amount currency expected_base probability_bp close_on owner "
        "next_step last_activity_at")
ACTIVITY = "id at kind direction status subject outcome contact opportunity owner"
ORDER = ("id number ordered_on status payment_status total paid currency total_base due_on owner")
REQUEST = "id number title kind priority status handler created_at due_at"
FEEDBACK = "id received_at kind topic score status content handler"
CONTRACT = ("id number title kind status amount currency amount_base start_on end_on auto_renew "
            "owner")


def customer(store, number, now_ms, activities=20, orders=10, feedback=5):
    """The figures of the customer's own row are added up in `rules`."""
    today = day_of(now_ms)

    def part(kind, columns, order, keep=lambda r: True, limit=None):
        """In descending order; of equal ones the older first."""
        rows = [r for r in store[kind].values() if r["customer"] == number and keep(r)]
        rows.sort(key=lambda r: r["id"])
        rows.sort(key=order, reverse=True)
        shown = [picked(r, columns) for r in rows[:limit]]
        return Cut(shown) if len(shown) < len(rows) else shown
    in_force = part("contract", CONTRACT, lambda c: (c["end_on"] is not None, c["end_on"] or 0),
                    lambda c: c["status"] == "signed" and phase(c, today) != "expired")
    return {
        "customer": [picked(store["customer"][number], CUSTOMER)],
        "contacts": part("contact", CONTACT, lambda c: c["is_primary"]),
        "opportunities": part("opportunity", DEAL, lambda d: d["close_on"],
                              lambda d: d["state"] == "open"),
        "activities": part("activity", ACTIVITY, lambda a: a["at"], limit=activities),
        "orders": part("sales_order", ORDER, lambda o: o["ordered_on"], limit=orders),
        "requests": part("service_request", REQUEST, lambda r: r["created_at"],
                         lambda r: r["status"] not in ("resolved", "closed")),
        "feedback": part("feedback", FEEDBACK, lambda f: f["received_at"], limit=feedback),
        "contracts": in_force}
