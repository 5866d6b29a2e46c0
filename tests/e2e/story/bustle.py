# SPDX-License-Identifier: Apache-2.0
"""More chapters: what goes wrong, changes hands, comes back, is late, expires; and many small
tenders, so that there is something to count."""

import csv
import os

from tool import claim


def others_join(tool, who):
    tool.now("2026-01-06")
    who["north"] = tool.create("team", name="华北", parent=who["head"])
    who["zhao"] = tool.create("user", login="zhao", name="赵强", team=who["north"], role="rep")
    who["sun"] = tool.create("user", login="sun", name="孙丽", team=who["care"], role="service")
    tool.create("sales_target", scope="team", team=who["north"], period="2026-03-01",
                value=10000000)
    tool.create("sales_target", scope="user", user=who["zhao"], period="2026-03-01",
                metric="paid", value=1000000)
    tool.create("sales_target", scope="org", period="2026-04-01", metric="orders", value=4)
    tool.create("sales_target", scope="org", period="2026-04-01", metric="paid", value=5000000)
    tool.create("sales_target", scope="org", period="2026-04-01", metric="new_customers", value=2)


def campaigns_go_on(tool, who):
    """By mail, paid in dollars; an advertisement nobody can answer; one in a currency without a
    rate."""
    tool.now("2026-02-11", "17:30:00")
    for key, code, kind, fields in (
            ("mail", "MAIL-2026", "email", {"currency": "USD", "actual_cost": "321.09",
                                            "expected_responses": 7}),
            ("ad", "AD-2026", "advertising", {"actual_cost": "5000.00"}),
            ("talk", "TALK-2026", "seminar", {"currency": "EUR", "actual_cost": "77.00"})):
        who[key] = tool.create("campaign", code=code, name=code, kind=kind, owner=who["wang"],
                               start_on="2026-02-07", **fields)
    for campaign, key, status in (("mail", "renai", "responded"), ("mail", "minzhong", "responded"),
                                  ("mail", "quiet", "clicked"), ("mail", "baihe", "responded"),
                                  ("talk", "renai", "attended"), ("talk", "kangtai", "sent"),
                                  ("ad", "globe", "sent")):
        touch = tool.create("campaign_touch", campaign=who[campaign], customer=who[key],
                            touched_at="2026-02-07T08:00:00+08:00")
        who["%s of %s" % (campaign, key)] = touch
        if status != "sent":
            tool.update("campaign_touch", touch, status=status)
    tool.now("2026-02-11", "17:45:00")
    tool.update("campaign_touch", who["mail of baihe"], status="opted_out")


def one_comes_back(tool, who):
    """Lost, and reopened; two change hands, one is nothing at all."""
    tool.now("2026-02-21", "10:00:00")
    who["slip"] = tool.create("opportunity", title="录错了", customer=who["quiet"],
                              owner=who["han"], amount="123.45", close_on="2026-05-05")
    who["big"] = tool.create("opportunity", title="新院区", customer=who["kangtai"],
                             owner=who["li"], amount="500000.00", close_on="2026-09-30",
                             forecast_category="best_case")
    tool.now("2026-02-21", "16:00:00")
    tool.run("delete", "opportunity", str(who["slip"]))
    tool.now("2026-02-23", "10:00:00")
    tool.run("reopen", "opportunity", str(who["second"]))
    tool.update("opportunity", who["big"], owner=who["zhao"], close_on="2026-08-31")
    tool.now("2026-02-24", "10:00:00")
    tool.update("opportunity", who["second"], amount="66000.00", stage=who["proposal"])
    tool.now("2026-02-25", "10:00:00")
    tool.update("opportunity", who["second"], stage=who["lost"], lost_reason="no_budget")
    tool.update("opportunity", who["big"], stage=who["negotiation"])
    tool.now("2026-02-25", "18:00:00")
    tool.update("opportunity", who["big"], stage=who["proposal"], amount="450000.00")


TENDERS = [("T%02d" % n, n) for n in range(75)]


def load(tool, kind, columns, rows, *options):
    path = tool.path("rows.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns.split()] + rows)
    tool.run("import", kind, path, *options)
    os.remove(path)


def many_small_tenders_are_asked_for(tool, who):
    tool.now("2026-03-02", "10:00:00")
    keys = ("renai", "minzhong", "kangtai", "globe", "quiet")
    stages = ("prospecting", "qualification", "proposal")
    load(tool, "opportunity", "ext_id title customer owner amount close_on stage campaign",
         [[key, "招标" + key, who[keys[n % 5]], who[("li", "han", "zhao")[n % 3]],
           "%d.%02d" % (900 + 37 * (n * n % 31), n), "2026-04-%02d" % (1 + n % 28),
           who[stages[n % 3 if n % 2 else 0]], "" if n % 4 else who["ad"]]
          for key, n in TENDERS])


def of_tenders(tool):
    return {d["ext_id"]: d for d in tool.export("opportunity").values()
            if d["ext_id"] in dict(TENDERS)}


def tenders_are_talked_about(tool, who):
    tool.now("2026-03-17", "12:00:00")
    deals = of_tenders(tool)
    kinds = ("call", "email", "meeting", "visit", "message", "note")
    load(tool, "activity", "subject kind direction status customer opportunity owner at duration_s "
                           "outcome",
         [["问询", kinds[n % 6], ("inbound", "outbound")[n % 2], "done", deals[key]["customer"],
           deals[key]["id"], deals[key]["owner"],
           "2026-03-%02dT%02d:30:00+08:00" % (3 + n % 13, 8 + n % 10), 60 * (n % 40),
           ("positive", "none", "negative")[n % 3]]
          for key, n in TENDERS if n % 5 < 2 or n % 7 == 0])
    tool.now("2026-03-17", "18:00:00")
    load(tool, "opportunity", "ext_id stage probability_bp",
         [[key, who["negotiation"], 7000 + n] for key, n in TENDERS if n % 3 == 1],
         "--key", "ext_id")


def tenders_are_decided(tool, who):
    tool.now("2026-03-24", "12:00:00")
    reasons = ("price", "competitor", "timing", "no_response")
    load(tool, "opportunity", "ext_id stage lost_reason",
         [[key, who["won"], ""] if (n * 7 + n // 5) % 5 < 2 else
          [key, who["lost"], reasons[n % 4]] for key, n in TENDERS if n % 12], "--key", "ext_id")
    claim("they are closed", sum(d["state"] != "open" for d in of_tenders(tool).values()),
          sum(1 for _, n in TENDERS if n % 12))


def more_is_sold(tool, who):
    """In dollars; and paid in part."""
    tool.now("2026-03-24", "13:00:00")
    for key, owner, sku, price, due, pay in (
            ("globe", "zhao", "XR-1", "7000.01", "2026-12-20", "2500.05"),
            ("minzhong", "zhao", "SV-9", "3333.33", "2027-01-31", "1000.00")):
        order = tool.create("sales_order", customer=who[key], owner=who[owner],
                            ordered_on="2026-03-24", due_on=due,
                            currency="USD" if key == "globe" else "CNY")
        tool.create("order_line", order=order, line_no=1, product=who[sku], unit_price=price,
                    qty_milli=1500)
        tool.update("sales_order", order, status="confirmed")
        tool.create("payment", order=order, amount=pay, paid_at="2026-03-24T09:00:00+08:00")
        who["part of " + key] = order


def a_late_answer(tool, who):
    """Never bought before the mail came, and bought before a second one was answered."""
    tool.now("2026-03-25", "10:00:00")
    who["early"] = tool.create("customer", name="扬州早安医院", owner=who["zhao"], kind="large",
                               region="华北", potential_base="200000.00")
    order = tool.create("sales_order", customer=who["early"], owner=who["zhao"],
                        ordered_on="2026-03-25", due_on="2026-10-01")
    tool.create("order_line", order=order, line_no=1, product=who["SV-9"], qty_milli=1000,
                unit_price="3333.33")
    tool.update("sales_order", order, status="confirmed")
    tool.now("2026-03-26", "10:00:00")
    touch = tool.create("campaign_touch", campaign=who["mail"], customer=who["early"],
                        touched_at="2026-03-26T08:00:00+08:00")
    tool.update("campaign_touch", touch, status="responded")


def some_wait_too_long(tool, who):
    """Requests that are late, reopened, handed over, or nobody's."""
    tool.now("2026-03-27", "09:00:00")
    for key, customer, product, kind, priority in (
            ("slow", "renai", "US-2", "fault", "urgent"), ("back", "kangtai", "XR-1", "return", "normal"),
            ("lost call", "minzhong", "SV-9", "complaint", "high"),
            ("open", "globe", "XR-1", "change", "normal")):
        who[key] = tool.create("service_request", title=key, content=key, customer=who[customer],
                               product=who[product], kind=kind, priority=priority)
    for key, handler in (("slow", "sun"), ("back", "qian"), ("open", "sun")):
        tool.update("service_request", who[key], status="assigned", handler=who[handler])
    tool.now("2026-03-27", "15:30:00")
    for key in ("slow", "back"):
        tool.update("service_request", who[key], status="in_progress")
    tool.now("2026-03-28", "10:00:00")
    for key in ("slow", "back"):
        tool.update("service_request", who[key], status="resolved", resolution="solved")
    tool.now("2026-03-29", "10:00:00")
    tool.run("reopen", "service_request", str(who["back"]))
    tool.now("2026-03-30", "11:00:00")
    tool.update("service_request", who["back"], status="resolved", resolution="workaround")
    tool.create("feedback", customer=who["globe"], kind="complaint", score=2, content="等得太久",
                received_at="2026-03-30T08:00:00+08:00")
    tool.create("feedback", customer=who["renai"], kind="question", content="有没有培训?",
                product=who["US-2"], received_at="2026-03-30T09:00:00+08:00")


def contracts_end(tool, who):
    """As of January 2027: one renewed, one not, one soon over, one without an end, one to come."""
    tool.now("2026-04-02", "10:00:00")
    for number, customer, owner, amount, start, end, fields in (
            ("A-1", "renai", "li", "1000.00", "2025-07-01", "2026-06-30", {}),
            ("A-2", "renai", "li", "1100.00", "2026-08-01", "2027-07-31", {}),
            ("B-1", "kangtai", "han", "2000.00", "2025-06-01", "2026-05-31", {}),
            ("C-1", "globe", "zhao", "300.00", "2026-01-20", "2027-01-19",
             {"currency": "USD", "auto_renew": "true"}),
            ("D-1", "globe", "zhao", "444.00", "2026-02-01", "2027-02-28", {"notice_days": 90}),
            ("E-1", "minzhong", "han", "50.00", "2026-04-01", None, {"kind": "framework"}),
            ("F-1", "quiet", "li", "60.00", "2027-03-01", "2028-02-29", {}),
            ("G-1", "quiet", "li", "70.00", "2026-04-02", None, {})):
        contract = tool.create("contract", number=number, title=number, customer=who[customer],
                               owner=who[owner], amount=amount, terms="条款", **fields)
        dates = {"start_on": start, "signed_on": "2026-04-01"}
        if end:
            dates["end_on"] = end
        tool.update("contract", contract, status="signed", **dates)
        who["contract " + number] = contract
    tool.update("contract", who["contract G-1"], status="terminated", terminated_on="2026-04-01",
                terminate_reason="客户改名")


def a_customer_is_well_known(tool, who):
    """So that a report about it has all it can tell."""
    tool.now("2026-12-29", "09:00:00")
    tool.update("customer", who["renai"], address="上海市中山路1号", city="上海", industry="Q",
                email="office@renai.example", phone="021-55550101", short_name="仁爱")
    tool.update("contact", who["陈主任"], title="主任", mobile="13800000001", phone="021-55550102",
                email="chen@renai.example", wechat="chen-renai")
    tool.create("activity", kind="email", direction="inbound", subject="问价",
                customer=who["renai"], contact=who["陈主任"], owner=who["li"],
                at="2026-12-29T08:00:00+08:00")
    tool.create("feedback", customer=who["renai"], kind="praise", score=9, content="一直很好",
                handler=who["sun"], received_at="2026-12-29T08:30:00+08:00")
    tool.create("opportunity", title="更新换代", customer=who["renai"], owner=who["li"],
                amount="77000.00", close_on="2027-02-25", next_step="约演示")


def a_tier_by_hand(tool, who):
    tool.now("2026-12-30")
    tool.create("customer_tier", customer=who["quiet"], as_of="2026-12-30T09:00:00+08:00",
                tier="high", value_score=0, potential_score=0, manual="true",
                reason="院长推荐", expires_on="2027-01-20")
    tool.create("activity", kind="call", direction="inbound", subject="问价", outcome="positive",
                customer=who["quiet"], owner=who["li"], at="2026-12-29T09:00:00+08:00")
    tool.create("activity", kind="call", subject="计划回访", status="planned", owner=who["han"],
                customer=who["kangtai"], at="2027-01-10T09:00:00+08:00")
    tool.create("activity", kind="message", direction="inbound", subject="确认", owner=who["han"],
                customer=who["kangtai"], opportunity=who["next year"],
                at="2026-12-29T10:00:00+08:00")
    for owner, customer, amount, close, stage, category in (
            ("han", "minzhong", "1234.56", "2027-01-31", "proposal", "commit"),
            ("han", "globe", "300000.00", "2027-03-15", "qualification", "best_case"),
            ("han", "renai", "41000.00", "2027-05-20", "prospecting", "pipeline"),
            ("zhao", "early", "9999.00", "2027-01-15", "negotiation", "pipeline"),
            ("zhao", "globe", "5555.55", "2027-02-15", "proposal", "omitted")):
        tool.create("opportunity", title="年初", customer=who[customer], owner=who[owner],
                    amount=amount, close_on=close, stage=who[stage], forecast_category=category)
