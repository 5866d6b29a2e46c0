#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the tables of docs/ that follow a line `<!-- table: NAME -->` with the rows of
docs_lists.c, and follows the links of every Markdown file. A table may have more columns than
the list: those are prose."""

import os
import re
import sys

findings = []


def finding(*words):
    findings.append(" ".join(words))


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables_of(path):
    """name → rows, of the tables of one page that have a name; it may stand before several."""
    tables, name, header = {}, None, 0
    with open(path, encoding="utf-8") as page:
        for line in page:
            marked = re.match(r"<!-- table: (\w+) -->", line)
            if marked:
                name, header = marked.group(1), 2
                tables.setdefault(name, [])
            elif name and not line.startswith("|"):
                name = None
            elif name and header > 0:
                header -= 1
            elif name:
                tables[name].append(cells_of(line))
    return tables


def lists_of(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    found = {}
    for line in lines:
        name, *cells = line.split("\t")
        found.setdefault(name, []).append([cell.strip() for cell in cells])
    return found


UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "s": 1000, "min": 60000, "ms": 1}


def number_of(text):
    """`4 MiB`, `10 s` (in ms), `10,000`."""
    parts = re.fullmatch(r"([\d,]+) ?(\w*)", text)
    if not parts or parts.group(2) not in UNITS:
        return None
    return int(parts.group(1).replace(",", "")) * UNITS[parts.group(2)]


def compare(name, path, expected, found):
    for row in expected:
        if row not in [cells[:len(row)] for cells in found]:
            finding("%s: table %s: no row | %s |" % (path, name, " | ".join(row)))
    if len(expected) != len(found):
        finding("%s: table %s: %d rows, the list has %d" % (path, name, len(found), len(expected)))


def compare_limits(path, expected, found):
    values = {cells[1]: number_of(cells[2]) for cells in found}
    for name, value in expected:
        if values.get(name) != int(value):
            finding("%s: %s is %s in its header, %s here" % (path, name, value, values.get(name)))
    for name in set(values) - {name for name, _ in expected}:
        finding("%s: there is no %s" % (path, name))


def check_tables():
    expected, seen = lists_of(sys.argv[1]), {}
    for path in sorted(os.listdir("docs")):
        if path.endswith(".md"):
            path = os.path.join("docs", path)
            for name, rows in tables_of(path).items():
                seen[name] = path
                if name == "limits":
                    compare_limits(path, expected[name], rows)
                elif name in expected:
                    compare(name, path, expected[name], rows)
                else:
                    finding("%s: there is no list %s" % (path, name))
    for name in sorted(set(expected) - set(seen)):
        finding("docs: the list %s is in no page" % name)
    return len(seen)


def anchors_of(path):
    with open(path, encoding="utf-8") as page:
        titles = re.findall(r"^#+ (.*)$", page.read(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def check_links(path):
    with open(path, encoding="utf-8") as page:
        text = re.sub(r"^```.*?^```", "", page.read(), flags=re.M | re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    for target in targets:
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        to = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(to):
            finding("%s: leads to %s, which is not there" % (path, target))
        elif anchor and anchor not in anchors_of(to):
            finding("%s: %s has no title %s" % (path, to, anchor))
    return len(targets)


def main():
    tables = check_tables()
    links = 0
    for folder, folders, names in os.walk("."):
        folders[:] = [name for name in folders if name not in ("build", ".git")]
        for name in names:
            if name.endswith(".md"):
                links += check_links(os.path.normpath(os.path.join(folder, name)))
    if tables == 0 or links == 0:
        finding("nothing was checked")
    for text in findings:
        print(text, file=sys.stderr)
    print("%d tables and %d links checked, %d findings" % (tables, links, len(findings)))
    sys.exit(1 if findings else 0)


main()
