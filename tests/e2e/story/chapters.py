# SPDX-License-Identifier: Apache-2.0
"""What happens. Each chapter is a function of the tool and of the people, things and numbers known
by then; `who` holds ids by a name of the story."""

import os
import re

import bustle
from tool import claim

MAPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "maps")


def the_company_is_set_up(tool, who):
    tool.now("2026-01-05")
    tool.run("import", "stage", os.path.join(MAPS, "stages.csv"), "--key", "code")
    who.update({row["code"]: row["id"] for row in tool.export("stage").values()})
    who["head"] = tool.create("team", name="总部")
    who["east"] = tool.create("team", name="华东", parent=who["head"])
    who["care"] = tool.create("team", name="服务", parent=who["head"])
    for login, name, team, role in (("wang", "王经理", "head", "manager"),
                                    ("li", "李雷", "east", "rep"), ("han", "韩梅梅", "east", "rep"),
                                    ("qian", "钱多多", "care", "service")):
        who[login] = tool.create("user", login=login, name=name, team=who[team], role=role)
    for sku, name, price in (("XR-1", "便携式X光机", "48000.00"), ("US-2", "超声诊断仪", "125000.00"),
                             ("SV-9", "年度维保", "3333.33")):
        who[sku] = tool.create("product", sku=sku, name=name, list_price=price)
    tool.create("fx_rate", currency="USD", on="2026-01-01", rate_e8=710000000)
    tool.create("fx_rate", currency="USD", on="2026-03-01", rate_e8=725000000)
    for month, value in (("01", "50000.00"), ("02", "150000.00"), ("03", "300000.00")):
        tool.create("sales_target", scope="org", period="2026-%s-01" % month, value=raw(value))
    tool.create("sales_target", scope="team", team=who["east"], period="2026-03-01",
                value=raw("200000.00"))
    tool.create("sales_target", scope="user", user=who["li"], period="2026-02-01",
                value=raw("100000.00"))
    tool.create("sales_target", scope="user", user=who["li"], period="2026-02-01",
                metric="orders", value=2)
    tool.create("sales_target", scope="user", user=who["han"], period="2026-04-01",
                metric="new_customers", value=2)


def raw(amount):
    """A target is a number of minor units, or of things: its field has no currency."""
    return amount.replace(".", "")


def a_fair_brings_prospects(tool, who):
    tool.now("2026-01-12")
    who["fair"] = tool.create("campaign", code="EXPO-2026", name="华东医疗器械展", kind="exhibition",
                              start_on="2026-01-12", end_on="2026-01-14", owner=who["wang"],
                              expected_responses=3, actual_cost="9999.99")
    tool.refused("planned", "update", "campaign", str(who["fair"]), "status=done")
    tool.update("campaign", who["fair"], status="running")
    for at, (key, name, owner) in enumerate((("renai", "上海仁爱医院", "li"), ("minzhong", "苏州民众诊所", "li"),
                                             ("kangtai", "杭州康泰医疗有限公司", "han"),
                                             ("globe", "Globe Medical Ltd.", "han"),
                                             ("baihe", "南京百合门诊", "han"),
                                             ("quiet", "宁波静安体检中心", "li"))):
        tool.now("2026-01-12", "10:%02d:00" % at)
        who[key] = tool.create("customer", name=name, owner=who[owner], source="exhibition",
                               campaign=who["fair"], kind="medium", region="华东")
        who["touch of " + key] = tool.create("campaign_touch", campaign=who["fair"],
                                             customer=who[key], touched_at="2026-01-12T10:00:00+08:00")
    tool.now("2026-01-14")
    for key in ("renai", "minzhong", "globe"):
        tool.update("campaign_touch", who["touch of " + key], status="attended")
    tool.update("campaign_touch", who["touch of kangtai"], status="responded")
    tool.update("campaign_touch", who["touch of baihe"], status="opened")
    tool.refused("attended", "update", "campaign_touch", str(who["touch of renai"]), "status=sent")
    tool.now("2026-01-16")
    tool.update("campaign", who["fair"], status="done")


def people_get_to_know_each_other(tool, who):
    for day, key, name, role in (("17", "renai", "陈主任", "decision_maker"),
                                 ("17", "renai", "周护士长", "user"),
                                 ("18", "minzhong", "孙医生", "decision_maker"),
                                 ("18", "kangtai", "赵院长", "champion"),
                                 ("19", "globe", "Ann Lee", "finance")):
        tool.now("2026-01-" + day, "11:00:00")
        who[name] = tool.create("contact", customer=who[key], name=name, role=role,
                                is_primary="true")
    contacts = tool.export("contact")
    claim("one contact is the primary one",
          [contacts[who[name]]["is_primary"] for name in ("陈主任", "周护士长")], [False, True])
    for day, kind, key, owner, minutes in (("19", "call", "renai", "li", 12),
                                           ("20", "visit", "renai", "li", 90),
                                           ("21", "call", "kangtai", "han", 7),
                                           ("22", "email", "globe", "han", 0),
                                           ("23", "meeting", "minzhong", "li", 45),
                                           ("30", "call", "minzhong", "li", 3)):
        tool.now("2026-01-" + day, "15:00:00")
        tool.create("activity", kind=kind, subject="跟进", customer=who[key], owner=who[owner],
                    at="2026-01-%sT14:00:00+08:00" % day, duration_s=60 * minutes,
                    direction="outbound")
    tool.now("2026-01-31", "23:59:59")
    who["plan"] = tool.create("activity", kind="task", subject="准备方案", status="planned",
                              customer=who["renai"], owner=who["li"],
                              at="2026-02-02T10:00:00+08:00", due_at="2026-02-03T10:00:00+08:00")


def opportunities_begin(tool, who):
    for day, key, title, customer, owner, amount, currency in (
            ("02-02", "xray", "两台X光机", "renai", "li", "96000.00", "CNY"),
            ("02-02", "sonic", "超声诊断仪", "kangtai", "han", "125000.00", "CNY"),
            ("02-03", "export", "Imaging set", "globe", "han", "20000.00", "USD"),
            ("02-03", "upkeep", "维保三年", "minzhong", "li", "9999.99", "CNY"),
            ("02-05", "second", "体检设备", "baihe", "han", "60000.00", "CNY")):
        tool.now("2026-" + day, "16:30:00")
        who[key] = tool.create("opportunity", title=title, customer=who[customer],
                               owner=who[owner], amount=amount, currency=currency,
                               close_on="2026-03-31", campaign=who["fair"], source="exhibition")
    tool.now("2026-02-06", "10:00:00")
    tool.update("activity", who["plan"], status="done")
    for day, kind, key, owner in (("02-06", "visit", "xray", "li"), ("02-06", "call", "sonic", "han"),
                                  ("02-10", "meeting", "xray", "li"), ("02-11", "email", "export", "han")):
        tool.now("2026-" + day, "17:00:00")
        deal = tool.export("opportunity")[who[key]]
        tool.create("activity", kind=kind, subject="推进", customer=deal["customer"],
                    opportunity=who[key], owner=who[owner], at="2026-%sT16:00:00+08:00" % day,
                    duration_s=1800)


def opportunities_go_through_their_stages(tool, who):
    for day, key, stage in (("02-11", "xray", "qualification"), ("02-12", "xray", "proposal"),
                            ("02-12", "sonic", "qualification"), ("02-12", "export", "proposal"),
                            ("02-13", "sonic", "negotiation"), ("02-16", "sonic", "proposal"),
                            ("02-17", "upkeep", "negotiation"), ("02-18", "xray", "negotiation")):
        tool.now("2026-" + day, "18:00:00")
        tool.update("opportunity", who[key], stage=who[stage])
    tool.now("2026-02-19")
    tool.update("opportunity", who["xray"], amount="93500.00")
    tool.update("opportunity", who["second"], probability_bp=3300)
    tool.now("2026-02-20")
    tool.refused("lost_reason", "update", "opportunity", str(who["second"]),
                 "stage=%d" % who["lost"])
    tool.update("opportunity", who["second"], stage=who["lost"], lost_reason="price")
    tool.update("opportunity", who["export"], close_on="2026-04-30")


ORDER = (("XR-1", "46750.00", 2000, 0, 1300), ("SV-9", "3333.33", 1000, 1000, 600))


def an_opportunity_becomes_an_order(tool, who):
    tool.now("2026-02-26", "11:11:11")
    who["first order"] = order_of(tool, who, "xray", ORDER, discount="100.01")
    tool.now("2026-02-27", "08:00:00")
    tool.update("sales_order", who["first order"], status="fulfilled")
    tool.refused("sales_order", "update", "sales_order", str(who["first order"]),
                 "discount=0.00")
    tool.now("2026-03-02")
    who["upkeep order"] = order_by_hand(tool, who, "upkeep", (("SV-9", "3333.33", 3000, 0, 600),))


def order_of(tool, who, deal, lines, **fields):
    """In one go; asked twice it is the same order."""
    asked = ["convert", str(who[deal]), "status=confirmed", "ext_id=" + deal]
    asked += ["%s=%s" % pair for pair in fields.items()]
    for sku, price, quantity, discount, tax in lines:
        asked += ["--line", "product@sku=%s,unit_price=%s,qty_milli=%d,discount_bp=%d,tax_bp=%d"
                  % (sku, price, quantity, discount, tax)]
    order = number_of(tool.run(*asked))
    claim("the order that is there is answered", number_of(tool.run(*asked)), order)
    stored = tool.export("sales_order")[order]
    claim("it is of the opportunity", [stored["opportunity"], stored["status"]],
          [who[deal], "confirmed"])
    causes = [h["cause"] for h in tool.export("stage_history").values()
              if h["opportunity"] == who[deal]]
    claim("the opportunity was converted", causes.count("convert"), 1)
    return order


def number_of(text):
    return int(re.search(r"sales_order (\d+)", text)[1])


def order_by_hand(tool, who, deal, lines):
    """The same step by step."""
    opportunity = tool.export("opportunity")[who[deal]]
    tool.update("opportunity", who[deal], stage=who["won"])
    order = tool.create("sales_order", customer=opportunity["customer"], opportunity=who[deal],
                        owner=opportunity["owner"], ordered_on="2026-03-01")
    tool.refused("line", "update", "sales_order", str(order), "status=confirmed")
    for number, (sku, price, quantity, discount, tax) in enumerate(lines, 1):
        tool.create("order_line", order=order, line_no=number, product=who[sku],
                    unit_price=price, qty_milli=quantity, discount_bp=discount, tax_bp=tax)
    tool.update("sales_order", order, status="confirmed")
    return order


def money_comes_in(tool, who):
    tool.now("2026-03-18")
    tool.create("payment", order=who["first order"], amount="50000.00", method="transfer",
                reference="T-0001", paid_at="2026-03-05T09:00:00+08:00")
    orders = tool.export("sales_order")
    rest = orders[who["first order"]]["total"] - 5000000
    tool.refused("too much", "create", "payment", "order=%d" % who["first order"],
                 "amount=%d.%02d" % divmod(rest + 1, 100), "paid_at=2026-03-06T09:00:00+08:00")
    tool.now("2026-03-20")
    tool.create("payment", order=who["first order"], amount="%d.%02d" % divmod(rest, 100),
                method="bill", paid_at="2026-03-20T09:00:00+08:00")


def a_contract_is_signed(tool, who):
    tool.now("2026-03-03")
    who["contract"] = tool.create("contract", number="HT-2026-001", title="维保合同",
                                  customer=who["minzhong"], opportunity=who["upkeep"],
                                  kind="service", amount="10600.00", owner=who["li"])
    tool.refused("terms", "update", "contract", str(who["contract"]), "status=signed",
                 "signed_on=2026-03-03", "start_on=2026-03-10")
    tool.update("contract", who["contract"], status="signed", signed_on="2026-03-03",
                start_on="2026-03-10", end_on="2029-03-09", terms="每年两次巡检。",
                signatory=who["孙医生"], signed_by=who["wang"])
    tool.refused("contract", "update", "contract", str(who["contract"]), "amount=1.00")


def a_fault_is_mended(tool, who):
    tool.now("2026-03-10", "09:00:00")
    request = who["fault"] = tool.create("service_request", title="X光机无法开机",
                                         content="按下电源键没有反应。", customer=who["renai"],
                                         contact=who["周护士长"], order=who["first order"],
                                         product=who["XR-1"], kind="fault", priority="high")
    tool.now("2026-03-10", "09:30:00")
    tool.update("service_request", request, status="assigned", handler=who["qian"])
    tool.now("2026-03-10", "10:00:00")
    tool.update("service_request", request, status="in_progress")
    tool.now("2026-03-10", "11:00:00")
    tool.update("service_request", request, status="waiting")
    tool.now("2026-03-11", "11:30:00")
    tool.update("service_request", request, status="in_progress")
    tool.refused("resolution", "update", "service_request", str(request), "status=resolved")
    tool.now("2026-03-11", "15:00:00")
    tool.update("service_request", request, status="resolved", resolution="solved",
                resolution_note="更换电源模块")
    tool.now("2026-03-12")
    tool.update("service_request", request, status="closed")
    stored = tool.export("service_request")[request]
    hour = 3600000
    claim("the customer was waited for", stored["waiting_ms"], 24 * hour + hour // 2)
    claim("it was answered after an hour", stored["first_response_at"] - stored["created_at"],
          hour)
    claim("it was mended in time", stored["resolved_at"] <= stored["due_at"], True)
    tool.create("service_request", title="维保时间", content="能否改到周五?",
                customer=who["minzhong"], priority="low")


def they_say_what_they_think(tool, who):
    for day, key, kind, score, text in (("03-21", "renai", "praise", 10, "响应很快"),
                                        ("03-22", "renai", "complaint", 4, "说明书只有英文"),
                                        ("03-23", "minzhong", "suggestion", 8, "希望周末也能联系"),
                                        ("03-24", "kangtai", "praise", 9, "图像清晰")):
        tool.now("2026-" + day)
        tool.create("feedback", customer=who[key], kind=kind, score=score, content=text,
                    product=who["XR-1"], received_at="2026-%sT08:00:00+08:00" % day)


def the_last_moment_of_a_month(tool, who):
    """By a millisecond it is still March where the company is."""
    tool.now("2026-03-31", "23:59:59.999")
    who["sonic order"] = order_of(tool, who, "sonic", (("US-2", "125000.00", 1000, 250, 1300),))
    tool.now("2026-04-02")
    tool.create("payment", order=who["sonic order"], amount="30000.00",
                paid_at="2026-04-02T00:00:00+08:00")
    tool.create("payment", order=who["sonic order"], kind="refund", amount="1234.56",
                paid_at="2026-04-02T08:00:00+08:00")


def people_change_teams(tool, who):
    """What was sold before stays with the team of the time."""
    tool.now("2026-04-03")
    tool.update("user", who["li"], team=who["head"])
    tool.now("2026-04-08")
    again = tool.create("opportunity", title="再购一台", customer=who["renai"], owner=who["li"],
                        amount="46000.00", close_on="2026-04-20")
    who["again"] = again
    tool.now("2026-04-15")
    who["again order"] = order_of(tool, who, "again", (("XR-1", "46000.00", 1000, 0, 1300),))
    tool.now("2026-04-16")
    who["mistake"] = tool.create("sales_order", customer=who["kangtai"], owner=who["han"],
                                 ordered_on="2026-04-16")
    tool.create("order_line", order=who["mistake"], line_no=1, product=who["US-2"],
                unit_price="1.00")
    tool.update("sales_order", who["mistake"], status="confirmed")
    tool.now("2026-04-17")
    tool.refused("cancel_reason", "update", "sales_order", str(who["mistake"]),
                 "status=cancelled")
    tool.update("sales_order", who["mistake"], status="cancelled", cancel_reason="重复下单")
    tool.now("2026-04-28")
    tool.update("opportunity", who["export"], stage=who["lost"], lost_reason="competitor",
                competitor="Rival Inc.")
    tool.now("2026-04-30", "23:00:00")
    tool.create("opportunity", title="后续机会", customer=who["quiet"], owner=who["li"],
                amount="77777.77", close_on="2026-06-30", stage=who["proposal"])


def a_year_goes_by(tool, who):
    """Enough months for a forecast from history."""
    for month, key, quantity in ((5, "renai", 1000), (6, "kangtai", 2000), (7, "minzhong", 1000),
                                 (8, "renai", 2000), (9, "kangtai", 1000), (10, "renai", 3000),
                                 (11, "minzhong", 2000), (12, "kangtai", 2000)):
        tool.now("2026-%02d-%02d" % (month, 2 * month))
        customer = tool.export("customer")[who[key]]
        order = tool.create("sales_order", customer=who[key], owner=customer["owner"],
                            ordered_on="2026-%02d-01" % month, due_on="2026-%02d-28" % month)
        tool.create("order_line", order=order, line_no=1, product=who["XR-1"],
                    qty_milli=quantity, unit_price="%d.05" % (47000 + 10 * month))
        tool.update("sales_order", order, status="confirmed")
    tool.now("2026-12-28")
    who["next year"] = tool.create("opportunity", title="明年采购", customer=who["kangtai"],
                                   owner=who["han"], amount="88000.00", close_on="2027-02-10",
                                   stage=who["negotiation"], forecast_category="commit")


def january_brings_one_order(tool, who):
    tool.now("2027-01-20")
    order_of(tool, who, "next year", (("US-2", "88000.00", 1000, 0, 1300),))


CHAPTERS = (
    the_company_is_set_up,
    bustle.others_join,
    a_fair_brings_prospects,
    people_get_to_know_each_other,
    opportunities_begin,
    bustle.campaigns_go_on,
    opportunities_go_through_their_stages,
    bustle.one_comes_back,
    an_opportunity_becomes_an_order,
    bustle.many_small_tenders_are_asked_for,
    a_contract_is_signed,
    a_fault_is_mended,
    bustle.tenders_are_talked_about,
    money_comes_in,
    they_say_what_they_think,
    bustle.tenders_are_decided,
    bustle.more_is_sold,
    bustle.a_late_answer,
    bustle.some_wait_too_long,
    the_last_moment_of_a_month,
    bustle.contracts_end,
    people_change_teams,
    a_year_goes_by,
    bustle.a_customer_is_well_known,
    bustle.a_tier_by_hand,
)
