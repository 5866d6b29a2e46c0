#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the table of a results.csv: medians over the rounds, and cardex against each peer.

    bench/table.py [--targets FILE] [--plots DIR] RESULTS

The ratio is the median of the ratios of each round, so that what a round did to both systems
falls out of it. With --targets each has its target beside it and the last lines count them;
with --plots DIR gets the .dat files that plot.gp draws. Ends with 1 when anything failed.
"""

import argparse
import csv
import os
import statistics
import sys

OWN = {"postgres": "cardex", "tarantool": "cardex", "redis": "cardex", "libcardex": "cardex",
       "sqlite": "engine"}
ORDER = ("cardex", "libcardex", "engine", "postgres", "tarantool", "redis", "sqlite")
HEAD = ("op", "shape", "system", "ops/s", "spread", "p50 us", "p99 us", "ratio", "target", "")
FORM = "{:<3} {:>6} {:<10} {:>10} {:>7} {:>9} {:>9} {:>7} {:>7} {}"


def read(path):
    """(op, connections, depth) -> system -> rows, both in the order of their first coming."""
    shapes = {}
    failures = 0
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = (row["op"], int(row["connections"]), int(row["depth"]))
            kind = "local" if row["system"] in ("engine", "sqlite") else "wire"
            shapes.setdefault((kind,) + key, {}).setdefault(row["system"], []).append(row)
            failures += int(row["failures"])
    return shapes, failures


def read_targets(path):
    targets = {}
    if path:
        with open(path, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (row["op"], int(row["connections"]), int(row["depth"]), row["peer"])
                targets[key] = float(row["ratio"])
    return targets


def median(rows, column):
    return statistics.median(float(row[column]) for row in rows)


def spread(rows):
    """Half of what lies between the slowest and the fastest round, in % of the median."""
    rates = [float(row["ops_s"]) for row in rows]
    middle = statistics.median(rates)
    return 100 * (max(rates) - min(rates)) / 2 / middle if middle > 0 else 0


def ratio_of(systems, peer):
    own = {row["round"]: float(row["ops_s"]) for row in systems.get(OWN.get(peer), [])}
    pairs = [own[row["round"]] / float(row["ops_s"]) for row in systems[peer]
             if row["round"] in own and float(row["ops_s"]) > 0]
    return statistics.median(pairs) if pairs else None


def verdict(ratio, target):
    if ratio >= target:
        return "met"
    return f"missed by {100 * (1 - ratio / target):.0f} %"


def print_shape(key, systems, targets, counts):
    _, op, connections, depth = key
    for system in sorted(systems, key=ORDER.index):
        rows = systems[system]
        ratio = ratio_of(systems, system)
        target = targets.get((op, connections, depth, system))
        said = ""
        if ratio is not None and target is not None:
            said = verdict(ratio, target)
            counts[said == "met"] += 1
        print(FORM.format(
            op, f"{connections}/{depth}", system, f"{median(rows, 'ops_s'):,.0f}",
            f"±{spread(rows):.0f}%", f"{median(rows, 'p50_us'):,.0f}",
            f"{median(rows, 'p99_us'):,.0f}", "" if ratio is None else f"{ratio:.2f}",
            "" if target is None else f"{target:g}", said).rstrip())


def write_plots(folder, shapes):
    for name, column in (("rate", "ops_s"), ("p50", "p50_us"), ("p99", "p99_us")):
        for kind in ("wire", "local"):
            write_plot(os.path.join(folder, f"{kind}_{name}.dat"), kind, column, shapes)


def write_plot(path, kind, column, shapes):
    """A line for each shape, a column for each system; ? where it was not measured."""
    of_kind = {key: systems for key, systems in shapes.items() if key[0] == kind}
    names = [name for name in ORDER if any(name in systems for systems in of_kind.values())]
    if not names:
        return
    with open(path, "w", encoding="utf-8") as file:
        print("shape", *names, file=file)
        for (_, op, connections, depth), systems in of_kind.items():
            values = (f"{median(systems[name], column):.1f}" if name in systems else "?"
                      for name in names)
            print(f'"{op} {connections}/{depth}"', *values, file=file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--targets")
    parser.add_argument("--plots")
    parser.add_argument("results")
    arguments = parser.parse_args()
    shapes, failures = read(arguments.results)
    targets = read_targets(arguments.targets)
    counts = {True: 0, False: 0}
    print(FORM.format(*HEAD).rstrip())
    for key, systems in shapes.items():
        print_shape(key, systems, targets, counts)
    if targets:
        print(f"targets: {counts[True]} met, {counts[False]} missed")
    if arguments.plots:
        write_plots(arguments.plots, shapes)
    if failures or not shapes:
        print(f"FAILED: {failures} failures", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
