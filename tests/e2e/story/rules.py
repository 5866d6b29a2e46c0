# SPDX-License-Identifier: Apache-2.0
"""What the rules must have kept in exported records."""

from base import FOREVER, in_base, is_sold, lines_of, order_figures, payment_status, ratio, signed


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
        if touch["status"] != "opted_out":  # it may have been answered before
            answered = touch["status"] in ("responded", "attended")
            equal("touch %d responded_at" % touch["id"], touch["responded_at"] is not None,
                  answered)


def check_all(store, equal):
    for check in (check_orders, check_opportunities, check_customers, check_requests,
                  check_touches):
        check(store, equal)
