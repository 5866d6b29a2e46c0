# SPDX-License-Identifier: Apache-2.0
"""Compares all that a report says with what it should: no section, column, row or number in a
note may be left that was not computed."""

import re

from tool import Told, claim

WORDS = ("label_en", "label_zh")  # what another column says in words


class Cut(list):
    """The first rows of more that there are."""


class Unordered(list):
    """Rows that may come in any order: they are told apart by all they have."""


def is_name(column, row):
    """Of the record that the column before it leads to."""
    return column.endswith("_name") and column[:-len("_name")] in row


def figures(row):
    return {key: value for key, value in row.items() if key not in WORDS
            and not is_name(key, row)}


class Guard:
    def __init__(self, tool):
        self.tool = tool
        self.seen = {}  # {report: {(section, column)}} with a value that is neither nil nor 0

    def check(self, report, expected, notes=(), **params):
        """`expected` is {section: rows}, of all sections, with all columns; `notes` the numbers
        that the notes tell, in their order. Answers when the report was as of, as it says."""
        sections, answer = self.tool.report(report, **params)
        what = "%s %s" % (report, params or "")
        claim("sections of " + what, sorted(sections), sorted(expected))
        for name, rows in expected.items():
            self.check_section("%s of %s" % (name, what), sections[name], rows)
            self.note(report, name, sections[name])
            claim("there are more %s of %s" % (name, what), answer["sections"][name]["more"],
                  isinstance(rows, Cut))
        told = [int(n) for text in answer["notes"] for n in re.findall(r"\d+", text)]
        claim("numbers in the notes of " + what, told, list(notes))
        return answer

    def check_section(self, what, rows, expected):
        rows = [figures(row) for row in rows]
        if isinstance(expected, Unordered):
            rows, expected = (sorted(r, key=lambda row: repr(sorted(row.items())))
                              for r in (rows, expected))
        for number, (row, wanted) in enumerate(zip(rows, expected)):
            for column in sorted(row.keys() | wanted.keys()):
                if column not in wanted:
                    raise Told("%s, row %d: nobody has computed %s" % (what, number, column))
                if column not in row:
                    raise Told("%s, row %d: %s is not told" % (what, number, column))
                claim("%s, row %d, %s" % (what, number, column), row[column], wanted[column])
        claim("how many rows has " + what, len(rows), len(expected))

    def note(self, report, section, rows):
        seen = self.seen.setdefault(report, {})
        for row in rows:
            for column, value in figures(row).items():
                at = seen.setdefault((section, column), set())
                at.add(value)

    def check_all_reports(self):
        """Each there is was looked at, and hardly a figure was nothing all along."""
        claim("reports", sorted(self.seen), sorted(self.tool.reports()))
        nothing = {(report, section, column) for report, columns in self.seen.items()
                   for (section, column), values in columns.items()
                   if not values - {None, 0, False}}
        claim("what says nothing", sorted(nothing), sorted(NOTHING))


# What the story has nothing of, as (report, section, column): an interval takes 23 months of
# history, and gamma 24.
NOTHING = {
    ("forecast", "forecast", "high"), ("forecast", "forecast", "low"),
    ("forecast", "methods", "gamma_centi"),
    ("forecast_actual", "forecasts", "high"), ("forecast_actual", "forecasts", "low"),
    ("forecast_actual", "methods", "inside_bp"), ("forecast_actual", "methods", "with_interval"),
}
