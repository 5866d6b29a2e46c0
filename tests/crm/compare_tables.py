#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the built-in schema with a table of what the trade asks for.

Standard input: the description of each type, one line each, as tests/support/wire.h shows it.
Argument: a JSON file {type: {zh, en, fields: [{name, type, flags, zh, en, notes}],
indexes: [{unique, parts: [{field, desc}]}]}}; flags are "!" required, "u" unique, "ro" readonly
and "=x" the default. Every field, flag, label and index of the table must be in the schema, and
no other type and field but those added on purpose; further indexes may be.
"""

import json
import re
import sys

KEPT = {"org", "team", "user", "stage"}
# Defaults that a rule computes: the base currency, of which the schema has the usual one, and
# values of other records, of which it has none.
COMPUTED = {"base": "CNY", "first": None, "stage": None, "list": None}
# What the search box finds beside the texts that the table marks: telephone and other numbers.
NUMBERS_SEARCHED = {"customer.phone", "contact.mobile", "contact.phone", "opportunity.number",
                    "sales_order.number", "contract.number", "service_request.number"}
# Fields that the table does not ask for: what aggregates and rollups are made of, written by the
# store only.
ADDED = {
    "stage_history": {"from_stage", "in_from_ms"},
    "sales_order": {"paid_base", "units_milli"},
    "order_line": {"net_base", "confirmed_at"},
    "service_request": {"waiting_since"},
    "customer_tier": {"params"},
    "payment": {"amount_net", "amount_base", "credited_user", "credited_team"},
}
# Types it does not ask for: what the store needs to do its part.
ADDED_TYPES = {"number_series", "customer_merge", "customer_merge_part"}
# References that the table has with another rule of deletion: past pipelines would go with what
# was in them.
KEPT_REFERENCES = {"stage_history.opportunity"}
# Fields that the table requires and that not every write can fill.
MAY_BE_NULL = {"stage_history.by"}
findings = []


def expect(what, found, wanted):
    if found != wanted:
        findings.append(f"{what}: {found!r} instead of {wanted!r}")


def kind_of(text):
    """What a description says of a type like "str(12)"."""
    if text.startswith("enum("):
        labels = text[5:-1]
        labels = [chr(c) for c in range(65, 85)] if labels == "A..T" else labels.split(",")
        return {"kind": "enum", "labels": labels}
    match = re.fullmatch(r"str\((\d+)\)", text)
    if match:
        return {"kind": "string", "length_max": int(match[1])}
    match = re.fullmatch(r"ref\((\w+)\) (\w+)", text)
    if match:
        return {"kind": "ref", "target": match[1], "on_delete": match[2]}
    match = re.fullmatch(r"list<int64,(\d+)>", text)
    if match:
        return {"kind": "list<int>", "items_max": int(match[1])}
    match = re.fullmatch(r"list<str\((\d+)\)>", text)
    if match:
        return {"kind": "list<string>", "length_max": int(match[1]), "items_max": 64}
    return {"kind": "int" if text == "int64" else text}


def default_of(field, kind):
    match = re.search(r"=(\S+)", field["flags"])
    if not match:
        return None
    text = match[1]
    if kind == "enum":
        return text
    if text in COMPUTED:
        return COMPUTED[text]
    if kind == "bool":
        return text == "true"
    if kind == "list<int>":
        return [int(item) for item in text.split(",")]
    return text if kind == "string" else int(text)


def compare_field(what, field, described):
    kind = kind_of(field["type"])
    flags = field["flags"].split()
    if what in KEPT_REFERENCES:
        kind["on_delete"] = "keep"
    for key in ("kind", "length_max", "items_max", "labels", "target", "on_delete"):
        expect(f"{what} {key}", described.get(key), kind.get(key))
    expect(f"{what} required", described["required"], "!" in flags and what not in MAY_BE_NULL)
    expect(f"{what} readonly", described["readonly"], "ro" in flags)
    expect(f"{what} search", described["search"], field["notes"].startswith("search") or what in NUMBERS_SEARCHED)
    expect(f"{what} default", described.get("default"), default_of(field, kind["kind"]))
    expect(f"{what} English", described["label_en"], field["en"])
    expect(f"{what} Chinese", described["label_zh"], field["zh"])


def columns_of(index):
    return tuple((c["field"], c["desc"]) for c in index["columns"] if not c["folded"])


def compare_indexes(name, table, described):
    plain = [columns_of(i) for i in described if not i["unique"]]
    unique = [columns_of(i) for i in described if i["unique"]]
    for index in table["indexes"]:
        columns = tuple((part["field"], part["desc"]) for part in index["parts"])
        if columns not in (unique if index["unique"] else plain):
            findings.append(f"{name}: no index {columns}")
    single = {i["parts"][0]["field"] for i in table["indexes"]
              if i["unique"] and len(i["parts"]) == 1}
    marked = {f["name"] for f in table["fields"] if "u" in f["flags"].split()}
    expect(f"{name}: unique fields of the table", single, marked)
    wanted = sum(index["unique"] for index in table["indexes"])
    expect(f"{name}: unique indexes", len(unique) - 1, wanted)  # that of ext_id


def compare_type(name, table, described):
    expect(f"{name} English", described["label_en"], re.sub(r" \(.*\)$", "", table["en"]))
    expect(f"{name} Chinese", described["label_zh"], table["zh"])
    expect(f"{name} keep", described["keep"], name in KEPT)
    expect(f"{name} single", described["single"], name == "org")
    fields = described["fields"][8:]
    added = ADDED.get(name, set())
    expect(f"{name} added fields", {f["name"] for f in fields} & added, added)
    for field in (f for f in fields if f["name"] in added):
        expect(f"{name}.{field['name']} readonly", field["readonly"], True)
    fields = [f for f in fields if f["name"] not in added]
    expect(f"{name} fields", [f["name"] for f in fields], [f["name"] for f in table["fields"]])
    for field, found in zip(table["fields"], fields):
        compare_field(f"{name}.{field['name']}", field, found)
    compare_indexes(name, table, described["indexes"])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tables = json.load(file)
    words = {"nil": None, "true": True, "false": False}
    types = [eval(line, {"__builtins__": {}}, words) for line in sys.stdin]  # our own text
    expect("types", [t["name"] for t in types if t["name"] not in ADDED_TYPES], list(tables))
    for described in types:
        if described["name"] in tables:
            compare_type(described["name"], tables[described["name"]], described)
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
