#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of closed opportunities by person, team and product, as the tool tells them and as
the files say. Usage: figures_sales.py FOLDER"""

import collections
import sys

from figures import (DAY_MS, MEDIAN, P90, aggregate, exact, expect, expect_all, finish, mean, ms_of,
                     names_of, quantile, report, rounded, rows_of, share_bp, units)

MONTHS = ("from=2017-01", "to=2017-12")
SPELLINGS = {"GTXPro": "GTX Pro"}


class Deals:
    """Won and lost ones of a person, team or product."""

    def __init__(self):
        self.lost = 0
        self.amounts = []
        self.cycles = []

    def add(self, row):
        if row["deal_stage"] == "Lost":
            self.lost += 1
        else:
            self.amounts.append(exact(row["close_value"]))
            self.cycles.append(ms_of(row["close_date"]) - ms_of(row["engage_date"]))

    def closed(self):
        return len(self.amounts) + self.lost

    def performance(self):
        days = mean(self.cycles)
        return {"won": len(self.amounts), "lost": self.lost,
                "win_rate_bp": share_bp(len(self.amounts), self.closed()),
                "average": rounded(mean(self.amounts), 2),
                "days_centi": None if days is None else rounded(days / DAY_MS, 2)}

    def cycle(self):
        return {"won": len(self.amounts), "lost": self.lost, "mean_ms": rounded(mean(self.cycles)),
                "median_ms": rounded(quantile(self.cycles, MEDIAN)),
                "p90_ms": rounded(quantile(self.cycles, P90))}


def performance_of(row):
    return {"won": row["deals_won"], "lost": row["deals_lost"],
            "win_rate_bp": units(row["win_rate_bp"]), "average": units(row["average_deal_base"]),
            "days_centi": units(row["average_cycle_days"])}


def figures(deals, name):
    return {key: getattr(some, name)() for key, some in deals.items()}


def compare_performance(people, teams, whole):
    found = report("performance", *MONTHS)
    expect("all of it", performance_of(found["total"][0]), whole.performance())
    expect_all("person", {row["user_name"]: performance_of(row) for row in found["people"]},
               figures(people, "performance"))
    expect_all("team", {row["team_name"]: performance_of(row) for row in found["teams"]},
               figures(teams, "performance"))


def compare_cycles(kind, parameter, deals):
    found = {key: report("cycle", *MONTHS, f"{parameter}={key}")["cycle"][0] for key in deals}
    expect_all(f"cycle of {kind}", found, figures(deals, "cycle"))


def compare_products(deals, source):
    """From kept groups, or from the records: `source` are the options that ask for it."""
    names = names_of("product", "sku")
    rates = aggregate("opportunity", *source(None), "--group", "product", "--values",
                      "count, avg(probability_bp)")
    expect_all("win rate of product",
               {names[row["product"]]: (row["count"], row["avg(probability_bp)"]) for row in rates},
               {key: (some.closed(), share_bp(len(some.amounts), some.closed()))
                for key, some in deals.items()})
    won = aggregate("opportunity", *source("state = won"), "--group", "product", "--values",
                    "count, avg(amount_base), avg(closed_at - created_at)")
    expect_all("won of product",
               {names[row["product"]]: (row["count"], units(row["avg(amount_base)"]),
                                        row["avg(closed_at - created_at)"]) for row in won},
               {key: (len(some.amounts), rounded(mean(some.amounts), 2),
                      rounded(mean(some.cycles))) for key, some in deals.items()})


def kept(where):
    return ("--name", "closed_by_product", *(("--where", where) if where else ()))


def records(where):
    return ("--where", where or "state in (won, lost)", "--use-index", "state,closed_at")


def main():
    folder = sys.argv[1]
    agents = {row["sales_agent"]: row for row in rows_of(folder, "sales_teams.csv")}
    people = collections.defaultdict(Deals)
    managers = {row["manager"]: Deals() for row in agents.values()}
    offices = {row["regional_office"]: Deals() for row in agents.values()}
    products = {row["product"]: Deals() for row in rows_of(folder, "products.csv") if row["product"]}
    whole = Deals()
    for row in rows_of(folder, "sales_pipeline.csv"):
        if row["close_date"]:
            agent = agents[row["sales_agent"]]
            for deals in (people[row["sales_agent"]], managers[agent["manager"]],
                          offices[agent["regional_office"]],
                          products[SPELLINGS.get(row["product"], row["product"])], whole):
                deals.add(row)
    teams = {f"{name}'s team": deals for name, deals in managers.items()} | offices
    compare_performance(people, teams, whole)
    compare_cycles("person", "owner", people)
    compare_cycles("team", "team", teams)
    compare_products(products, kept)
    compare_products(products, records)
    finish(100)


main()
