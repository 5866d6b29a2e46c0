# SPDX-License-Identifier: Apache-2.0
"""Which reports are looked at, of what, and who computes them anew."""

import datetime

import accounts
import campaigns
import care
import grades
import outlook
import pipelines
import rates
import sales
import volumes
from base import EPOCH, ZONE_MS, day_ms, iso, months_from

PERIOD = {"from_": "2026-01", "to": "2026-12"}
MONTHS = months_from((2026, 1), (2026, 12))


def instant(day, clock):
    """ms of a time of the story."""
    moment = datetime.datetime.fromisoformat("%sT%s" % (day, clock))
    return round((moment - datetime.datetime(1970, 1, 1)).total_seconds() * 1000) - ZONE_MS


def all_reports(guard, store, who):
    """Each, of all there is, at present."""
    now_ms = instant(*guard.tool.time)
    check = guard.check
    check("performance", sales.performance(store, MONTHS), **PERIOD)
    check("customer_conversion", sales.customer_conversion(store, MONTHS), **PERIOD)
    check("win_loss", sales.win_loss(store, MONTHS), **PERIOD)
    check("product_sales", volumes.product_sales(store, MONTHS), **PERIOD)
    check("activity_volume", volumes.activity_volume(store, MONTHS), **PERIOD)
    check("campaign_response", campaigns.campaign_response(store))
    check_campaigns(guard, store, now_ms)
    check("board", pipelines.board(store))
    check("pipeline", pipelines.pipeline(store, now_ms, "owner"), by="owner")
    check_movement(guard, store, now_ms)
    check("funnel", pipelines.funnel(store, MONTHS), **PERIOD)
    check("conversion", rates.conversion(store, MONTHS), **PERIOD)
    check("cycle", rates.cycle(store, MONTHS), **PERIOD)
    check("stage_win_rates", rates.stage_win_rates(store, now_ms), notes=(540, 180, 20))
    check_effect(guard, store, now_ms)
    check("service", care.service(store, MONTHS, now_ms), **PERIOD)
    check("satisfaction", care.satisfaction(store, MONTHS), **PERIOD)
    check("contracts", accounts.contracts(store, now_ms))
    check("receivables", accounts.receivables(store, now_ms))
    check("tiers", grades.report(store, now_ms))
    expected, notes = outlook.forecast(store, now_ms)
    check("forecast", expected, notes)
    year = outlook.months_back(now_ms)
    check("forecast_actual", outlook.forecast_actual(store, year))
    check("forecast_actual", outlook.forecast_actual(store, year, every=True), all="true")
    check("priority", pipelines.priority(store, who["han"], now_ms), owner=who["han"])
    if "renai" in who:
        check("customer", accounts.customer(store, who["renai"], now_ms), customer=who["renai"])


def date(day):
    return str(EPOCH + datetime.timedelta(days=day))


def check_campaigns(guard, store, now_ms):
    first, last = (datetime.date(2026, 1, 1) - EPOCH).days, (now_ms + ZONE_MS) // 86400000
    expected, notes = campaigns.campaigns(store, first, last, now_ms)
    guard.check("campaigns", expected, notes, from_=date(first), to=date(last))


def check_movement(guard, store, now_ms, **scope):
    """From the beginning to now, and in two steps that meet in the middle of February."""
    begin, middle = day_ms(20454), instant("2026-02-16", "12:00:00")
    for from_ms, to_ms in ((begin, now_ms), (begin, middle), (middle, now_ms)):
        if from_ms <= to_ms:
            guard.check("movement", pipelines.movement(store, from_ms, to_ms, **scope),
                        from_=iso(from_ms), to=iso(to_ms), **scope)


def check_effect(guard, store, now_ms, **params):
    expected = rates.activity_effect(store, now_ms, **params)
    guard.check("activity_effect", expected, [545, 180] if expected["effect"] else [30, 545, 180],
                **params)


def scoped_reports(guard, store, who):
    """Those that may be asked of a person, a team or a thing alone."""
    now_ms = instant(*guard.tool.time)
    check = guard.check
    for scope in ({"team": who["head"]}, {"team": who["east"]}, {"team": who["north"]},
                  {"owner": who["li"]}, {"owner": who["han"]}, {"owner": who["zhao"]}):
        for metric in sales.METRICS:
            check("performance", sales.performance(store, MONTHS, metric, **scope), metric=metric,
                  **PERIOD, **scope)
        check("customer_conversion", sales.customer_conversion(store, MONTHS, **scope), **PERIOD,
              **scope)
        check("win_loss", sales.win_loss(store, MONTHS, **scope), **PERIOD, **scope)
        check("activity_volume", volumes.activity_volume(store, MONTHS, **scope), **PERIOD, **scope)
        check("board", pipelines.board(store, 3, **scope), cards=3, **scope)
        check("pipeline", pipelines.pipeline(store, now_ms, "owner", **scope), by="owner", **scope)
        check_movement(guard, store, now_ms, **scope)
        check("cycle", rates.cycle(store, MONTHS, **scope), **PERIOD, **scope)
        check("contracts", accounts.contracts(store, now_ms, 60, **scope), days=60, **scope)
        check("receivables", accounts.receivables(store, now_ms, False, **scope), overdue="false",
              **scope)
        expected, notes = outlook.forecast(store, now_ms, **scope)
        check("forecast", expected, notes, **scope)
        check("forecast_actual", outlook.forecast_actual(store, outlook.months_back(now_ms), True,
                                                         **scope), all="true", **scope)
    for metric in sales.METRICS:
        check("performance", sales.performance(store, MONTHS, metric), metric=metric, **PERIOD)
    things(guard, store, who, now_ms)


def things(guard, store, who, now_ms):
    check = guard.check
    for product in (who["XR-1"], who["US-2"]):
        check("product_sales", volumes.product_sales(store, MONTHS, product), product=product,
              **PERIOD)
        check("satisfaction", care.satisfaction(store, MONTHS, product), product=product, **PERIOD)
    for by in ("handler", "kind", "product", "priority"):
        check("service", care.service(store, MONTHS, now_ms, by=by), by=by, **PERIOD)
    check("service", care.service(store, MONTHS, now_ms, who["sun"]), handler=who["sun"], **PERIOD)
    for owner in ("li", "zhao"):
        check("priority", pipelines.priority(store, who[owner], now_ms), owner=who[owner])
    for customer in ("kangtai", "minzhong", "globe", "quiet", "early"):
        check("customer", accounts.customer(store, who[customer], now_ms, 3, 2, 1),
              customer=who[customer], activities=3, orders=2, feedback=1)
        check("receivables", accounts.receivables(store, now_ms, customer=who[customer]),
              customer=who[customer])
    check("campaign_response", campaigns.campaign_response(store, who["mail"]),
          campaign=who["mail"])
    check_effect(guard, store, now_ms, kind="call")
    check_effect(guard, store, now_ms, landmark=5, within=3)
