# SPDX-License-Identifier: Apache-2.0
"""What the scripts that compare figures have in common: rows of the files, answers of the tool
(named by CARDEX, at CARDEX_URI), arithmetic that is exact and rounds once, and a list of what
differs."""

import csv
import datetime
import fractions
import json
import os
import subprocess
import sys

DAY_MS = 86400000
findings = []
compared = 0


def rows_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---- the tool ----

def cardex(*arguments):
    return subprocess.run([os.environ["CARDEX"], *arguments], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


def report(name, *parameters, cut=()):
    """Sections by name, each the list of its rows; only those of `cut` may show the first few."""
    answer = json.loads(cardex("--format", "json", "report", name, *parameters))
    for section, part in answer["sections"].items():
        assert section in cut or not part["more"], f"{name}: section {section} was cut"
    return {section: part["rows"] for section, part in answer["sections"].items()}


def aggregate(kind, *options):
    return json.loads(cardex("--format", "json", "aggregate", kind, "--all", *options))


def query(kind, *options):
    return json.loads(cardex("--format", "json", "query", kind, *options))


def names_of(kind, field):
    """Text of every record of the type, by id."""
    lines = cardex("--format", "ndjson", "export", kind, "--columns", f"id,{field}").splitlines()
    return {row["id"]: row[field] for row in map(json.loads, lines)}


# ---- arithmetic ----

def exact(text):
    return fractions.Fraction(text)


def rounded(value, digits=0):
    """Half away from zero, as the whole number of units of that many decimals; None stays."""
    if value is None:
        return None
    scaled = fractions.Fraction(value) * 10 ** digits
    whole = (2 * abs(scaled).numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if scaled >= 0 else -whole


def units(text, digits=2):
    """A number as the tool writes it, in units of its decimals; None stays."""
    if text is None:
        return None
    value = fractions.Fraction(str(text)) * 10 ** digits
    assert value.denominator == 1, f"{text!r} has over {digits} decimals"
    return value.numerator


def mean(values):
    return fractions.Fraction(sum(values), len(values)) if values else None


def share_bp(part, whole):
    return rounded(fractions.Fraction(part, whole), 4) if whole else None


def quantile(values, p):
    """Hyndman and Fan, type 7; p is a fraction."""
    if not values:
        return None
    values = sorted(values)
    at = (len(values) - 1) * fractions.Fraction(p)
    low = at.numerator // at.denominator
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


MEDIAN = fractions.Fraction(1, 2)
P90 = fractions.Fraction(9, 10)


def ms_of(text):
    """A day or time of UTC in ms since 1970."""
    time = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(time.timestamp()) * 1000


# ---- what differs ----

def expect(what, found, wanted):
    global compared
    compared += 1
    if found != wanted:
        findings.append(f"{what}: {found!r} instead of {wanted!r}")


def expect_all(what, found, wanted):
    """Two dictionaries: the same keys, and the same figure for each."""
    expect(f"{what}: keys", sorted(found, key=repr), sorted(wanted, key=repr))
    for key in wanted:
        if key in found:
            expect(f"{what}: {key}", found[key], wanted[key])


def finish(least):
    """Ends the script; fewer comparisons than that were none."""
    if compared < least:
        findings.append(f"only {compared} figures were compared, not {least}")
    for finding in findings[:20]:
        print(finding, file=sys.stderr)
    print(f"{compared} figures compared, {len(findings)} differ")
    sys.exit(1 if findings else 0)
