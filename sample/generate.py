#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the sample data: a small trading company and its customers, Chinese and English.

Usage: generate.py FOLDER. The same files come out every time: all chance comes from one seeded
generator of our own (Python's may change between versions), and "today" is fixed. No person or
company in it exists.

A column header is a field name; `field.index` means that the column holds what the unique index
of the type referred to is asked for. Files are numbered in the order they are imported in."""

import csv
import datetime
import os
import sys

TODAY = datetime.date(2026, 6, 30)
CUSTOMERS = 320


class Chance:
    """Steele, Lea, Flood: SplitMix64 (2014)."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, n):
        return self.bits() % n

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def percent(self, p):
        return self.below(100) < p

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, *pairs):
        at = self.below(sum(weight for _, weight in pairs))
        for item, weight in pairs:
            if at < weight:
                return item
            at -= weight
        raise AssertionError

    def skewed(self, n):
        """0 .. n-1, small numbers far more often."""
        return min(self.below(n), self.below(n), self.below(n))


chance = Chance(20260630)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
GIVEN = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "勇", "艳", "杰", "娟", "涛", "超",
         "秀英", "建国", "志强", "晓明", "海燕", "文博", "雨桐", "子轩", "思远", "佳怡", "俊杰",
         "明辉", "雪梅", "国华", "婷婷", "浩然", "欣怡", "宇航", "春梅", "建军", "玉兰"]
FIRST = ["Anna", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Iris", "Jack",
         "Karen", "Liam", "Maria", "Noah", "Olivia", "Peter", "Quinn", "Rosa", "Samuel", "Tess",
         "Umar", "Vera", "William", "Xenia", "Yusuf", "Zoë"]
LAST = ["Adams", "Baker", "Clarke", "Dubois", "Evans", "Fischer", "García", "Hughes", "Ito",
        "Jensen", "Kowalski", "Lopez", "Müller", "Novak", "O'Brien", "Patel", "Rossi", "Smith",
        "Tanaka", "Weber", "Young", "Åberg"]
PLACES = [("上海", "上海"), ("北京", "北京"), ("广东", "深圳"), ("广东", "广州"), ("江苏", "苏州"),
          ("江苏", "南京"), ("浙江", "杭州"), ("浙江", "宁波"), ("四川", "成都"), ("湖北", "武汉"),
          ("山东", "青岛"), ("福建", "厦门"), ("陕西", "西安"), ("辽宁", "大连")]
ABROAD = [("SG", "Singapore", "Singapore"), ("DE", "Bavaria", "Munich"), ("US", "California",
          "Oakland"), ("GB", "England", "Leeds"), ("FR", "Rhône", "Lyon"), ("AU", "Victoria",
          "Melbourne")]
BRANDS = ["华星", "天元", "瑞丰", "金桥", "远达", "恒信", "东方", "明德", "宏图", "新锐", "博雅",
          "康泰", "盛世", "联创", "海纳", "启明", "中科", "安捷", "丰泽", "卓越", "蓝天", "和顺"]
TRADES = [("医疗器械", "Q"), ("电子科技", "C"), ("软件", "I"), ("国际贸易", "F"), ("物流", "G"),
          ("教育咨询", "P"), ("餐饮管理", "H"), ("建筑工程", "E"), ("新能源", "D"), ("生物科技", "M")]
ENGLISH = ["Northwind", "Bluewater", "Stonegate", "Redwood", "Lakeside", "Ironbridge", "Silverline",
           "Greenfield", "Brightside", "Summit", "Harbour", "Crescent", "Oakmont", "Fairway"]
ENGLISH_TRADES = [("Medical", "Q"), ("Electronics", "C"), ("Software", "I"), ("Trading", "F"),
                  ("Logistics", "G"), ("Foods", "H"), ("Energy", "D")]
PRODUCTS = [("GW-100", "工业网关 GW-100", "网络设备", "台", 268000), ("GW-200", "工业网关 GW-200",
            "网络设备", "台", 459000), ("SN-TEMP", "无线温度传感器", "传感器", "个", 12800),
            ("SN-HUM", "无线湿度传感器", "传感器", "个", 13500), ("SN-VIB", "振动传感器", "传感器", "个",
            48900), ("CAM-4K", "4K 巡检摄像机", "视频设备", "台", 329900), ("EDGE-S", "边缘计算盒 S",
            "计算设备", "台", 799000), ("EDGE-L", "边缘计算盒 L", "计算设备", "台", 1899000),
            ("SW-MON", "Monitoring licence (1 year)", "软件", "套", 980000), ("SW-ANA",
            "Analytics licence (1 year)", "软件", "套", 1680000), ("SV-INST", "Installation service",
            "服务", "人天", 220000), ("SV-TRAIN", "培训服务", "服务", "人天", 180000), ("SV-CARE",
            "Premium support (1 year)", "服务", "套", 560000), ("CB-RJ45", "工业网线 20m", "配件", "根",
            8900)]
STAGES = [("prospecting", "初步接触", "Prospecting", 1, "open", 1000, 21), ("qualification", "需求确认",
          "Qualification", 2, "open", 2000, 21), ("proposal", "方案报价", "Proposal", 3, "open", 5000,
          30), ("negotiation", "商务谈判", "Negotiation", 4, "open", 8000, 30), ("won", "赢单", "Won", 5,
          "won", 10000, 30), ("lost", "输单", "Lost", 6, "lost", 0, 30)]
PINYIN = ["wei", "fang", "lei", "jing", "min", "tao", "chao", "yang", "hong", "ming"]


def chinese_person():
    return chance.pick(SURNAMES) + chance.pick(GIVEN)


def english_person():
    return chance.pick(FIRST) + " " + chance.pick(LAST)


def money(cents):
    return "%d.%02d" % divmod(cents, 100)


def day(ago):
    return TODAY - datetime.timedelta(days=ago)


def instant(ago):
    return "%sT%02d:%02d:00+08:00" % (day(ago), chance.between(8, 18), chance.below(60))


def mobile():
    return "1%d%08d" % (chance.pick([35, 38, 39, 50, 58, 77, 86, 88]), chance.below(10 ** 8))


class Table:
    def __init__(self, name, *columns):
        self.name, self.columns, self.rows = name, columns, []

    def add(self, *values):
        assert len(values) == len(self.columns), (self.name, values)
        self.rows.append(list(values))

    def set(self, row, column, value):
        self.rows[row][self.columns.index(column)] = value

    def write(self, folder, number):
        path = os.path.join(folder, "%02d-%s.csv" % (number, self.name))
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows(self.rows)


org = Table("org", "ext_id", "base_currency", "utc_offset_min")
team = Table("team", "ext_id", "name", "parent.ext_id")
user = Table("user", "ext_id", "login", "name", "email", "team.ext_id", "role")
stage = Table("stage", "ext_id", "code", "label_zh", "label_en", "seq", "kind", "probability_bp",
              "stale_days")
product = Table("product", "ext_id", "sku", "name", "category", "unit", "list_price")
campaign = Table("campaign", "ext_id", "code", "name", "kind", "status", "start_on", "end_on",
                 "budget", "actual_cost", "owner.ext_id")
customer = Table("customer", "ext_id", "name", "short_name", "kind", "industry", "lifecycle", "source",
                 "campaign.ext_id", "phone", "email", "country", "region", "city", "address",
                 "parent.ext_id", "owner.ext_id", "potential_base", "employees", "description")
contact = Table("contact", "ext_id", "customer.ext_id", "name", "title", "role", "mobile", "email",
                "wechat", "is_primary")
touch = Table("campaign_touch", "ext_id", "campaign.ext_id", "customer.ext_id", "contact.ext_id",
              "status", "touched_at", "responded_at")
opportunity = Table("opportunity", "ext_id", "title", "customer.ext_id", "contact.ext_id", "stage.code",
                    "amount", "currency", "probability_bp", "close_on", "forecast_category", "source",
                    "campaign.ext_id", "next_step", "lost_reason", "competitor", "owner.ext_id")
activity = Table("activity", "ext_id", "kind", "direction", "status", "subject", "body", "at", "due_at",
                 "duration_s", "outcome", "customer.ext_id", "contact.ext_id", "opportunity.ext_id",
                 "owner.ext_id")
contract = Table("contract", "ext_id", "number", "title", "customer.ext_id", "opportunity.ext_id",
                 "kind", "status", "amount", "signed_on", "start_on", "end_on", "terms", "owner.ext_id")
order = Table("sales_order", "ext_id", "customer.ext_id", "opportunity.ext_id", "contract.ext_id",
              "ordered_on", "delivery_on", "due_on", "discount", "owner.ext_id")
line = Table("order_line", "ext_id", "order.ext_id", "line_no", "product.sku", "unit_price",
             "qty_milli", "discount_bp", "tax_bp")
# An order begins as a draft: lines are added, it is confirmed or cancelled, then fulfilled.
decided = Table("sales_order", "ext_id", "status", "cancel_reason")
fulfilled = Table("sales_order", "ext_id", "status")
payment = Table("payment", "ext_id", "order.ext_id", "amount", "paid_at", "method", "reference")
request = Table("service_request", "ext_id", "title", "content", "customer.ext_id", "contact.ext_id",
                "product.sku", "channel", "kind", "priority", "status", "handler.ext_id", "resolution")
feedback = Table("feedback", "ext_id", "customer.ext_id", "contact.ext_id", "product.sku", "source",
                 "kind", "topic", "score", "content", "status", "received_at")
target = Table("sales_target", "ext_id", "scope", "user.ext_id", "period", "metric", "value")

TABLES = [org, team, user, stage, product, campaign, customer, contact, touch, opportunity, activity,
          contract, order, line, decided, fulfilled, payment, request, feedback, target]

# ---- the company ----

org.add("ORG", "CNY", 480)
for key, name, parent in [("T-SALES", "销售中心", ""), ("T-EAST", "华东区", "T-SALES"), ("T-SOUTH",
                          "华南区", "T-SALES"), ("T-INTL", "International", "T-SALES"), ("T-CARE",
                          "客户服务", ""), ("T-MKT", "市场部", "")]:
    team.add(key, name, parent)

SELLERS = {"T-EAST": [], "T-SOUTH": [], "T-INTL": []}
CARE = []


def hire(login, name, where, role):
    key = "U-" + login
    user.add(key, login, name, login + "@cardex.example", where, role)
    return key


for n, where in enumerate(["T-EAST"] * 4 + ["T-SOUTH"] * 3 + ["T-INTL"] * 3):
    name = english_person() if where == "T-INTL" else chinese_person()
    SELLERS[where].append(hire("rep%02d" % (n + 1), name, where, "manager" if not SELLERS[where]
                               else "rep"))
for n in range(3):
    CARE.append(hire("care%02d" % (n + 1), chinese_person(), "T-CARE", "service"))
MARKETER = hire("mkt01", chinese_person(), "T-MKT", "marketing")

for code, zh, en, seq, kind, probability, stale in STAGES:
    stage.add("S-" + code, code, zh, en, seq, kind, probability, stale)
for sku, name, category, unit, price in PRODUCTS:
    product.add("P-" + sku, sku, name, category, unit, money(price))
CAMPAIGNS = []
for n, (name, kind, ago) in enumerate([("2025 工博会", "exhibition", 280), ("春季促销", "promotion", 110),
                                       ("Edge computing webinar", "seminar", 75), ("老客户推荐计划",
                                       "referral", 200), ("行业白皮书", "content", 40)]):
    key = "C-%02d" % (n + 1)
    CAMPAIGNS.append(key)
    budget = chance.between(30, 200) * 100000
    campaign.add(key, "MK-%04d" % (n + 1), name, kind, "running" if ago < 80 else "done", day(ago),
                 "" if ago < 80 else day(ago - 14), money(budget), money(budget * chance.between(60,
                 110) // 100), MARKETER)

# ---- customers and all that is theirs ----


class Customer:
    pass


def make_customer(n):
    c = Customer()
    c.key = "K-%04d" % n
    c.chinese = chance.percent(68)
    if c.chinese:
        region, city = chance.pick(PLACES)
        country = "CN"
        brand, (trade, c.industry) = chance.pick(BRANDS), chance.pick(TRADES)
        c.short = brand + trade[:2]
        c.name = city + brand + trade + chance.pick(["有限公司", "股份有限公司", "集团有限公司"])
        c.team = chance.pick(["T-EAST", "T-EAST", "T-SOUTH"])
        address = chance.pick(["人民路", "中山路", "科技大道", "解放街", "高新二路"]) + "%d号" % \
            chance.between(1, 999)
        phone = "0%d-%08d" % (chance.pick([21, 755, 512, 571, 28]), chance.below(10 ** 8))
    else:
        country, region, city = chance.pick(ABROAD)
        trade, c.industry = chance.pick(ENGLISH_TRADES)
        c.short = chance.pick(ENGLISH)
        c.name = "%s %s %s" % (c.short, trade, chance.pick(["Ltd", "Inc.", "GmbH", "Pte Ltd"]))
        c.team = "T-INTL"
        address = "%d %s" % (chance.between(1, 400), chance.pick(["High Street", "Harbour Road",
                                                                  "Station Lane", "Market Square"]))
        phone = "+%d %d" % (chance.pick([65, 49, 1, 44]), 200000000 + chance.below(700000000))
    c.owner = chance.pick(SELLERS[c.team])
    c.mail = "info@k%04d.example" % n
    c.lifecycle = chance.weighted(("prospect", 45), ("active", 40), ("dormant", 10), ("lost", 5))
    c.campaign = chance.pick(CAMPAIGNS) if chance.percent(35) else ""
    source = "campaign" if c.campaign else chance.pick(["website", "referral", "phone", "partner"])
    kind = chance.weighted(("small", 40), ("medium", 30), ("large", 12), ("micro", 12),
                           ("government", 3), ("partner", 3))
    parent = "K-%04d" % chance.between(1, n - 1) if n > 40 and chance.percent(5) else ""
    note = chance.pick(["", "", "重点跟进", "Asks for a quarterly review.", "对价格敏感，关注售后响应",
                        "采购流程较长，需三家比价"])
    c.row = len(customer.rows)
    customer.add(c.key, c.name, c.short, kind, c.industry, c.lifecycle, source, c.campaign, phone,
                 c.mail, country, region, city, address, parent, c.owner,
                 money(chance.skewed(500) * 1000000), 5 + chance.skewed(3000), note)
    return c


def make_contacts(c):
    c.contacts = []
    for n in range(chance.between(1, 4)):
        key = "%s-P%d" % (c.key, n + 1)
        name = chinese_person() if c.chinese else english_person()
        title = chance.pick(["采购经理", "总经理", "技术总监", "财务主管", "工程师"] if c.chinese else
                            ["Buyer", "Managing Director", "CTO", "Controller", "Engineer"])
        contact.add(key, c.key, name, title, chance.pick(["decision_maker", "influencer", "champion",
                    "user", "finance"]), mobile() if c.chinese else "", "p%d.%s@%s" % (n + 1,
                    chance.pick(PINYIN), c.mail.split("@")[1]), "wx_" + c.key.lower() + str(n) if
                    c.chinese else "", "true" if n == 0 else "false")
        c.contacts.append(key)
    if c.campaign:
        ago = chance.between(20, 250)
        responded = chance.percent(40)
        touch.add(c.key + "-T", c.campaign, c.key, c.contacts[0], "responded" if responded else
                  chance.pick(["sent", "opened", "clicked"]), instant(ago), instant(ago - 3) if
                  responded else "")


def make_activities(c, opportunity_key, number, newest, oldest):
    subjects = ["电话沟通需求", "上门拜访", "方案演示", "发送报价单", "合同条款讨论", "例行回访"] if c.chinese \
        else ["Discovery call", "On-site visit", "Product demo", "Sent quotation", "Contract review",
              "Check-in"]
    bodies = ["客户希望下月前完成部署，关注数据安全。", "预算已批，等待技术评审。", "对竞品价格有顾虑，需要折扣。", ""] \
        if c.chinese else ["Wants delivery before the end of the quarter.", "Budget approved, waiting "
                           "for the technical review.", ""]
    for _ in range(number):
        ago = chance.between(newest, oldest)
        kind = chance.pick(["call", "call", "email", "meeting", "visit", "message"])
        activity.add("A-%05d" % (len(activity.rows) + 1), kind, chance.pick(["outbound", "outbound",
                     "inbound"]), "done", chance.pick(subjects), chance.pick(bodies), instant(ago), "",
                     chance.between(1, 60) * 60, chance.pick(["positive", "neutral", "negative",
                     "none"]), c.key, chance.pick(c.contacts), opportunity_key, c.owner)


def make_task(c, opportunity_key):
    activity.add("A-%05d" % (len(activity.rows) + 1), "task", "none", "planned", "跟进报价反馈" if c.chinese
                 else "Follow up on the quotation", "", instant(1), instant(-chance.between(-5, 20)), 0,
                 "none", c.key, c.contacts[0], opportunity_key, c.owner)


def make_order(c, opportunity_key, contract_key, ago):
    n = len(order.rows) + 1
    key = "O-%05d" % n
    status = chance.weighted(("fulfilled", 60), ("confirmed", 30), ("draft", 7), ("cancelled", 3))
    order.add(key, c.key, opportunity_key, contract_key, day(ago), day(ago - 10), day(ago - 30), "0.00",
              c.owner)
    total = 0
    for number in range(1, chance.between(1, 5) + 1):
        sku, _, _, _, price = chance.pick(PRODUCTS)
        quantity = chance.between(1, 20)
        discount = chance.pick([0, 0, 0, 500, 1000])
        line.add("%s-%d" % (key, number), key, number, sku, money(price), quantity * 1000, discount,
                 1300)
        net = (price * quantity * (10000 - discount) + 5000) // 10000
        total += net + (net * 1300 + 5000) // 10000
    if status == "cancelled":
        decided.add(key, status, "客户取消" if c.chinese else "Called off by the customer")
    if status in ("fulfilled", "confirmed"):
        decided.add(key, "confirmed", "")
        if status == "fulfilled":
            fulfilled.add(key, status)
        customer.set(c.row, "lifecycle", "active")
        make_payments(key, total, ago)


def make_payments(key, total, ago):
    """None, half of it, all of it, or all of it in two."""
    number = chance.pick([0, 1, 1, 2])
    for n in range(number):
        amount = total if number == 1 and int(key[2:]) % 2 else total // 2 if n == 0 else \
            total - total // 2
        payment.add("%s-Z%d" % (key, n + 1), key, money(amount), instant(max(ago - 15 - 20 * n, 0)),
                    chance.pick(["transfer", "transfer", "alipay", "bill"]), "FT%s%d" % (key[2:], n))


def make_opportunity(c):
    n = len(opportunity.rows) + 1
    key = "D-%05d" % n
    sku, name, _, _, price = chance.pick(PRODUCTS)
    amount = price * chance.between(5, 200)
    code = chance.weighted(("prospecting", 20), ("qualification", 18), ("proposal", 15), ("negotiation",
                           10), ("won", 24), ("lost", 13))
    probability = next(s[5] for s in STAGES if s[0] == code)
    closed = code in ("won", "lost")
    ago = chance.between(5, 400)
    close = day(chance.between(0, ago)) if closed else day(-chance.between(1, 120))
    title = ("%s采购%s" if c.chinese else "%s: %s") % (c.short, name)
    opportunity.add(key, title, c.key, chance.pick(c.contacts), code, money(amount), "CNY", probability,
                    close, "pipeline" if not closed else "omitted", chance.pick(["website", "referral",
                    "existing", "phone"]), c.campaign, "" if closed else chance.pick(["安排演示",
                    "Send the revised quotation", "等待客户内部评审"]), chance.pick(["price", "competitor",
                    "no_budget", "timing"]) if code == "lost" else "", chance.pick(["", "", "Acme IoT",
                    "某友商"]), c.owner)
    make_activities(c, key, chance.between(1, 6), max(ago - 60, 0), ago)
    if not closed:
        make_task(c, key)
    if code == "won":
        make_won(c, key, amount, ago)


def make_won(c, key, amount, ago):
    contract_key = ""
    if chance.percent(50):
        n = len(contract.rows) + 1
        contract_key = "H-%04d" % n
        start = chance.between(max(ago - 60, 0), ago)
        contract.add(contract_key, "HT-%04d" % n, "年度框架合同" if c.chinese else "Frame contract", c.key,
                     key, chance.pick(["sale", "framework", "service"]), "signed", money(amount),
                     day(start), day(start), day(start - 365), "按双方约定执行。" if c.chinese else
                     "As agreed by both parties.", c.owner)
    for _ in range(chance.between(1, 3)):
        make_order(c, key, contract_key, chance.between(0, ago))


def make_service(c):
    n = len(request.rows) + 1
    status = chance.weighted(("new", 15), ("assigned", 15), ("in_progress", 20), ("waiting", 10),
                             ("resolved", 15), ("closed", 25))
    sku = chance.pick(PRODUCTS)[0]
    title, content = chance.pick([("设备离线", "网关每天凌晨掉线一次，重启后恢复。"), ("请求开具发票",
                                  "请补开上月订单的增值税发票。"), ("传感器读数异常", "温度读数偏高 5 度。")] if
                                 c.chinese else [("Device offline", "The gateway drops off every night."),
                                 ("Invoice copy", "Please send the invoice of last month again.")])
    request.add("R-%04d" % n, title, content, c.key, chance.pick(c.contacts), sku, chance.pick(["phone",
                "email", "wechat", "web"]), chance.pick(["question", "fault", "complaint"]),
                chance.weighted(("low", 20), ("normal", 50), ("high", 22), ("urgent", 8)), status, "" if
                status == "new" else chance.pick(CARE), chance.pick(["solved", "workaround",
                "not_fault"]) if status in ("resolved", "closed") else "")


def make_feedback(c):
    kind = chance.pick(["praise", "suggestion", "complaint"])
    content = {"praise": ["响应很快，服务专业", "Great support, thank you."], "suggestion": ["希望增加手机端报表",
               "A mobile report would help."], "complaint": ["交付延期两周", "The delivery was two weeks "
               "late."]}[kind][0 if c.chinese else 1]
    score = {"praise": chance.between(9, 10), "suggestion": chance.between(6, 9), "complaint":
             chance.between(0, 6)}[kind]
    feedback.add("F-%04d" % (len(feedback.rows) + 1), c.key, chance.pick(c.contacts),
                 chance.pick(PRODUCTS)[0], "survey", kind, chance.pick(["product", "service", "delivery"]),
                 score, content, chance.pick(["new", "acknowledged", "closed"]), instant(chance.between(1,
                 300)))


def make_all():
    for n in range(1, CUSTOMERS + 1):
        c = make_customer(n)
        make_contacts(c)
        make_activities(c, "", chance.skewed(8), 0, 500)
        for _ in range(chance.skewed(7) if c.lifecycle == "prospect" else 1 + chance.skewed(7)):
            make_opportunity(c)
        if c.lifecycle == "active" and chance.percent(50):
            make_service(c)
        if chance.percent(25):
            make_feedback(c)
    for where in SELLERS:
        for seller in SELLERS[where]:
            for month in range(1, 7):
                target.add("G-%s-%d" % (seller[2:], month), "user", seller, datetime.date(2026, month, 1),
                           "revenue", chance.between(20, 60) * 10000000)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: generate.py FOLDER")
    os.makedirs(sys.argv[1], exist_ok=True)
    make_all()
    for number, table in enumerate(TABLES, 1):
        table.write(sys.argv[1], number)


main()
