#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sales, customers and forecasts, as the tool tells them and as the file says.

A line's amount in the file has up to three decimals; booked are cents. Nothing of the store is
asked for to work out what is expected. Usage: figures_orders.py FOLDER"""

import collections
import os
import sys

from figures import (aggregate, exact, expect, expect_all, finish, names_of, query, report,
                     rounded, rows_of, share_bp, units)

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "crm"))
import forecast_reference as reference  # noqa: E402

ORDER = ("订单 ID", "客户 ID", "订单日期")
YEARS = range(2014, 2018)
TOP = 25


class Line:
    def __init__(self, row):
        self.month = row["订单日期"][:7]
        self.order = tuple(row[name] for name in ORDER)
        self.customer = row["客户 ID"]
        self.product = row["产品 ID"]
        # Written by a spreadsheet: 125.43999999999998 is 125.44.
        self.exact = exact(round(exact(row["销售额"]), 6))
        self.cents = rounded(self.exact, 2)
        self.count = int(row["数量"])


def sums(lines, key):
    """Lines, units and cents by key."""
    found = collections.defaultdict(lambda: [0, 0, 0])
    for line in lines:
        for i, part in enumerate((1, line.count, line.cents)):
            found[key(line)][i] += part
    return {name: tuple(parts) for name, parts in found.items()}


def sold(row):
    return (row["lines"], units(row["units"], 3) // 1000, units(row["net_base"]))


# ---- sales ----

def compare_months(lines):
    by_month = sums(lines, lambda line: line.month)
    by_product = sums(lines, lambda line: (line.month[:4], line.product))
    orders = collections.Counter(order[2][:7] for order in {line.order for line in lines})
    skus = names_of("product", "sku")
    found, products, performed = {}, {}, {}
    for year in YEARS:
        months = (f"from={year}-01", f"to={year}-12")
        part = report("product_sales", *months, "--limit", "10000")
        found |= {row["month"]: sold(row) for row in part["months"]}
        products |= {(str(year), skus[row["product"]]): sold(row) for row in part["products"]}
        performed |= {row["month"]: (row["orders"], units(row["revenue_base"]))
                      for row in report("performance", *months)["months"]}
    expect_all("month", found, by_month)
    expect_all("product", products, by_product)
    expect_all("orders and revenue of the month", performed,
               {month: (orders[month], by_month[month][2]) for month in by_month})
    for month, (count, _, cents) in by_month.items():  # what cents cost: half of one a line
        whole = sum(line.exact for line in lines if line.month == month) * 100
        expect(f"{month} is within its rounding", abs(whole - cents) <= count / 2, True)
    return by_month


# ---- customers ----

def compare_customers(lines, rows):
    names = {row["客户 ID"]: row["客户名称"] for row in rows}
    bought = sums(lines, lambda line: line.customer)
    orders = collections.Counter(order[1] for order in {line.order for line in lines})
    last = {}
    for line in lines:
        last[line.customer] = max(last.get(line.customer, ""), line.order[2])
    ranked = sorted(bought, key=lambda customer: -bought[customer][2])[:TOP]
    cents = [bought[customer][2] for customer in ranked]
    expect("no two of the first bought for the same", len(set(cents)), TOP)
    wanted = [(customer, names[customer], bought[customer][2], orders[customer])
              for customer in ranked]
    found = query("customer", "--order", "order_base desc", "--limit", str(TOP), "--allow-scan",
                  "--columns", "ext_id,name,order_base,order_count")
    expect("customers that bought most", [(row["ext_id"], row["name"], units(row["order_base"]),
                                           row["order_count"]) for row in found], wanted)
    keys = names_of("customer", "ext_id")
    groups = aggregate("sales_order", "--where", "status in (confirmed, fulfilled)", "--group",
                       "customer", "--values", "count, sum(total_base)", "--order",
                       "sum(total_base) desc")
    expect("the same by adding up orders",
           [(keys[row["customer"]], names[keys[row["customer"]]], units(row["sum(total_base)"]),
             row["count"]) for row in groups[:TOP]], wanted)
    expect_all("orders and sales of the customer",
               {keys[row["customer"]]: (row["count"], units(row["sum(total_base)"]))
                for row in groups},
               {customer: (orders[customer], bought[customer][2]) for customer in bought})
    expect_all("name of the customer", {keys[key]: name for key, name in
                                        names_of("customer", "name").items()}, names)
    for customer, name, amount, count in wanted[:3]:
        view = report("customer", f"customer={customer}", "orders=100")
        one = view["customer"][0]
        expect(f"view of {customer}", (one["name"], units(one["order_base"]), len(view["orders"])),
               (name, amount, count))
        expect(f"last order of {customer}", max(row["ordered_on"] for row in view["orders"]),
               last[customer])


# ---- forecasts ----

def near(what, found, wanted):
    """Floating point: a figure is the reference's, rounded."""
    same = (found is None) == (wanted is None)
    expect(f"{what}: {found} for {wanted}",
           same and (found is None or reference.close(found, wanted, 0.5000001)), True)


def expected_of(label, y, horizon):
    """[(value, low, high)] of the months ahead, constants, and the back-test."""
    folds, _ = reference.folds_of(len(y))
    _, constants, ahead = reference.fit(label, y, horizon)
    test = reference.backtest(label, y, folds)
    months = []
    for step, value in enumerate(ahead):
        low = high = None
        if step < 3 and test["folds"] >= 8:
            low, high = (max(0, value + reference.quantile(test["steps"][step], p))
                         for p in (0.1, 0.9))
        months.append((value, low, high))
    return months, constants, test


def best_of(tests, candidates):
    best = None
    for label in reference.NEEDS:  # the simplest first
        if label in candidates and (
                best is None or tests[label]["absolute"] <= 0.95 * tests[best]["absolute"]):
            best = label
    return best


def compare_month_ahead(what, row, wanted):
    for name, value in zip(("value", "low", "high"), wanted):
        near(f"{what} {row.get('month') or row['period']} {name}", units(row[name]), value)


def compare_report(y):
    expected = {label: expected_of(label, y, 6) for label in reference.NEEDS}
    best = best_of({label: one[2] for label, one in expected.items()},
                   reference.folds_of(len(y))[1])
    found = report("forecast", "now=2018-01-10", "months=6")
    expect("history", [units(row["revenue_base"]) for row in found["history"] if row["complete"]], y)
    expect("methods", {row["method"]: row["chosen"] for row in found["methods"]},
           {label: label == best for label in expected})
    for row in found["methods"]:
        label, (_, constants, test) = row["method"], expected[row["method"]]
        expect(f"{label}: back-tests", row["folds"], test["folds"])
        near(f"{label}: mean error", units(row["mae"]), test["mae"])
        near(f"{label}: WAPE", units(row["wape_bp"]), test["wape_bp"])
        near(f"{label}: MASE", units(row["mase_milli"], 3), test["mase_milli"])
        letters = [units(row[f"{name}_centi"]) for name in ("alpha", "beta", "gamma")]
        expect(f"{label}: constants", letters,
               [rounded(exact(str(c)), 2) for c in constants] + [None] * (3 - len(constants)))
    for label in [None, *expected]:
        rows = found["forecast"] if label is None else report(
            "forecast", "now=2018-01-10", "months=6", f"method={label}")["forecast"]
        expect(f"{label}: months ahead", [(row["month"], row["method"]) for row in rows],
               [(f"2018-0{month}", label or best) for month in range(1, 7)])
        for row, wanted in zip(rows, expected[label or best][0]):
            compare_month_ahead(f"{label or best}:", row, wanted)


def compare_run(by_month, months):
    """The run of October, and what came, which the run of January has written beside it."""
    y = [by_month[month][2] for month in months if month < "2017-10"]
    expected = {label: expected_of(label, y, 3)[0] for label in reference.NEEDS}
    rows = [row for row in query("forecast", "--where", "scope = org and period < 2018-01-01",
                                 "--limit", "1000", "--allow-scan")
            if row["as_of"].startswith("2017-10-05")]
    expect("forecasts of October", sorted((row["method"], row["period"][:7]) for row in rows
                                          if row["method"] in expected),
           sorted((label, f"2017-{month}") for label in expected for month in (10, 11, 12)))
    for row in rows:
        month = row["period"][:7]
        expect(f"what came in {month}", units(row["actual"]), by_month[month][2])
        if row["method"] in expected:
            expect(f"{row['method']}: months of history", row["train_n"], len(y))
            compare_month_ahead(f"run, {row['method']}:", row,
                                expected[row["method"]][int(month[-2:]) - 10])
    compare_judgement(expected, by_month)


def compare_judgement(expected, by_month):
    judged = report("forecast_actual", "from=2017-10", "to=2017-12", "all=true",
                    "now=2018-01-10")["methods"]
    came = [by_month[f"2017-{month}"][2] for month in (10, 11, 12)]
    for row in judged:
        if row["method"] not in expected:
            continue
        values = [rounded(exact(one[0])) for one in expected[row["method"]]]
        off = sum(abs(value - real) for value, real in zip(values, came))
        expect(f"{row['method']}: error against what came", units(row["wape_bp"]),
               share_bp(off, sum(came)))


def main():
    rows = rows_of(sys.argv[1], "订单.csv")
    lines = [Line(row) for row in rows]
    by_month = compare_months(lines)
    months = sorted(by_month)
    expect("months without a gap", len(months), 48)
    compare_customers(lines, rows)
    compare_report([by_month[month][2] for month in months])
    compare_run(by_month, months)
    finish(5000)


main()
