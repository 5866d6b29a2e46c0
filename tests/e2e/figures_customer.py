#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The view of each customer, as the tool shows it and as the files say.
Usage: figures_customer.py FOLDER"""

import collections
import sys

from figures import aggregate, exact, expect, expect_all, finish, names_of, report, rounded, rows_of, \
    units

NOBODY = "(none)"
KINDS = {"Email": "email", "Call": "call", "Meeting": "meeting", "Prep": "task", "Other": "note"}
PRIORITIES = {"Low": "low", "Medium": "normal", "High": "high"}
STATUSES = {"open": "assigned", "in_progress": "in_progress", "Closed": "closed"}
STAGES = {"Discovery": "Prospecting", "Qualification": "Qualification",
          "Proposal/Quote": "Proposal", "Negotiation": "Negotiation"}


def by_account(rows):
    found = collections.defaultdict(list)
    for row in rows:
        found[row.get("AccountId") or NOBODY].append(row)
    return found


class Files:
    def __init__(self, folder):
        contacts, leads = rows_of(folder, "Contact.csv"), rows_of(folder, "Lead.csv")
        self.accounts = {row["Id"]: row for row in rows_of(folder, "Account.csv")}
        self.people = {row["Id"]: row["Name"] for row in contacts + leads}
        self.contacts = by_account(contacts + leads)
        self.cases = by_account(rows_of(folder, "Case.csv"))
        self.tasks = by_account(rows_of(folder, "Task.csv"))
        self.deals = by_account(row for row in rows_of(folder, "Opportunity.csv")
                                if row["StageName"] in STAGES)

    def view(self, account):
        cents = {row["Id"]: rounded(exact(row["Amount"]), 2) for row in self.deals[account]}
        return {
            "contacts": sorted((row["Name"], row["Email"]) for row in self.contacts[account]),
            "activities": sorted((row["Subject"], KINDS[row["Type__c"]], row["ActivityDate"],
                                  self.people[row["WhoId"]]) for row in self.tasks[account]),
            "requests": sorted((row["Subject"], PRIORITIES[row["Priority"]],
                                STATUSES[row["Status"]]) for row in self.open_cases(account)),
            "opportunities": sorted((row["Name"], STAGES[row["StageName"]], cents[row["Id"]],
                                     row["CloseDate"]) for row in self.deals[account]),
            "counts": (len(self.contacts[account]), len(self.open_cases(account)),
                       len(self.deals[account]), sum(cents.values())),
        }

    def open_cases(self, account):
        return [row for row in self.cases[account] if row["Status"] != "Closed"]


def view_of(found):
    one = found["customer"][0]
    return {
        "contacts": sorted((row["name"], row["email"] or "") for row in found["contacts"]),
        "activities": sorted((row["subject"], row["kind"], row["at"][:10], row["contact_name"])
                             for row in found["activities"]),
        "requests": sorted((row["title"], row["priority"], row["status"])
                           for row in found["requests"]),
        "opportunities": sorted((row["title"], row["stage_name"], units(row["amount"]),
                                 row["close_on"]) for row in found["opportunities"]),
        "counts": (one["contact_count"], one["open_request_count"], one["open_opp_count"],
                   units(one["open_opp_base"])),
    }


def compare_all_cases(files, customers):
    """The view shows open cases; those that are closed are counted beside it."""
    groups = aggregate("service_request", "--group", "customer,status", "--allow-scan")
    wanted = collections.Counter((account, STATUSES[row["Status"]])
                                 for account, rows in files.cases.items() for row in rows)
    expect_all("cases", {(customers[row["customer"]], row["status"]): row["count"]
                         for row in groups}, dict(wanted))


def main():
    files = Files(sys.argv[1])
    customers = names_of("customer", "ext_id")
    expect("customers", sorted(customers.values()), sorted([*files.accounts, NOBODY]))
    for account in customers.values():
        found = report("customer", f"customer={account}", "activities=1000")
        if account != NOBODY:
            expect(f"{account}: name", found["customer"][0]["name"],
                   files.accounts[account]["Name"])
        expect_all(account, view_of(found), files.view(account))
    compare_all_cases(files, customers)
    views = [files.view(account) for account in files.accounts]
    for part in ("contacts", "activities", "requests", "opportunities"):
        expect(f"an account with several {part}", any(len(view[part]) > 1 for view in views), True)
    finish(150)


main()
