#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second implementation of crm/stats/model.h and outlook.h, written from their formulas and
not from their code, to compare with.

Standard input: one JSON object a line, {"y": [...], "horizon": h, "chosen": label, "models":
{label: {"candidate": bool, "squares": x, "alpha": a, "beta": b, "gamma": c, "folds": k, "mae": i,
"wape_bp": i or null, "mase_milli": i or null, "months": [[value, low or null, high or null], ...]}}}
as test_forecast.c writes it. Prints what differs; exit code 1 when anything does.
"""

import itertools
import json
import math
import sys

GRID = [0.05, 0.15, 0.3, 0.5, 0.7]
PHI = 0.9
NEEDS = {"ses": 1, "holt": 8, "seasonal_naive": 13, "holt_winters": 24}


def mean(values):
    return math.fsum(values) / len(values)


def ses(y, horizon, a):
    level, errors = mean(y[:6]), []
    for value in y:
        errors.append(value - level)
        level = a * value + (1 - a) * level
    return errors, [level] * horizon


def holt(y, horizon, a, b):
    level, trend, errors = y[0], y[1] - y[0], []
    for value in y[1:]:
        guess = level + PHI * trend
        errors.append(value - guess)
        level, last = a * value + (1 - a) * guess, level
        trend = b * (level - last) + (1 - b) * PHI * trend
    ahead = [level + trend * sum(PHI ** i for i in range(1, h + 1))
             for h in range(1, horizon + 1)]
    return errors, ahead


def naive(y, horizon):
    errors = [now - then for then, now in zip(y, y[12:])]
    return errors, [y[-12:][h % 12] for h in range(horizon)]


def winters(y, horizon, a, b, c):
    years = [y[i:i + 12] for i in range(0, len(y) - len(y) % 12, 12)]
    seasons = [mean([year[m] - mean(year) for year in years]) for m in range(12)]
    level = mean(years[0])
    trend = (mean(years[1]) - level) / 12
    errors = []
    for t, value in enumerate(y):
        s = seasons[t]  # that of 12 months before: the list grows by one each month
        guess = level + trend + s
        errors.append(value - guess)
        level, last = a * (value - s) + (1 - a) * (level + trend), level
        trend = b * (level - last) + (1 - b) * trend
        seasons.append(c * (value - level) + (1 - c) * s)
    latest = seasons[-12:]
    return errors, [level + h * trend + latest[(h - 1) % 12] for h in range(1, horizon + 1)]


MODELS = {"ses": (ses, 1), "holt": (holt, 2), "seasonal_naive": (naive, 0),
          "holt_winters": (winters, 3)}


def fit(label, y, horizon):
    """(sum of squares, constants, forecasts not below 0)"""
    model, constants = MODELS[label]
    best = None
    for chosen in itertools.product(GRID, repeat=constants):
        errors, ahead = model(y, horizon, *chosen)
        squares = math.fsum(e * e for e in errors)
        if best is None or squares < best[0]:
            best = squares, chosen, [max(0.0, f) for f in ahead]
    return best


def quantile(values, p):
    values = sorted(values)
    at = (len(values) - 1) * p
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def folds_of(n):
    if n >= 27:
        return min(12, n - 26), list(NEEDS)
    if n >= 16:
        return min(12, n - 15), ["ses", "holt", "seasonal_naive"]
    return max(1, min(6, n - 6)), ["ses"]


def backtest(label, y, folds):
    origins = [o for o in range(len(y) - 3 - folds + 1, len(y) - 2) if o >= NEEDS[label]]
    steps = [[], [], []]
    scaled, scales = [], []
    for origin in origins:
        past = y[:origin]
        ahead = fit(label, past, 3)[2]
        scale = mean([abs(b - a) for a, b in zip(past, past[1:])])
        scales.append(scale)
        for step in range(3):
            error = y[origin + step] - ahead[step]
            steps[step].append(error)
            if scale:
                scaled.append(abs(error) / scale)
    sizes = [abs(e) for step in steps for e in step]
    actual = [abs(y[o + step]) for o in origins for step in range(3)]
    result = {"folds": len(origins), "steps": steps, "absolute": math.fsum(sizes)}
    if origins:
        result["mae"] = mean(sizes)
        near_zero = mean(actual) < 0.05 * mean([abs(v) for v in y]) or sum(actual) == 0
        result["wape_bp"] = None if near_zero else 10000 * sum(sizes) / sum(actual)
        result["mase_milli"] = 1000 * mean(scaled) if all(scales) else None
    return result


def close(a, b, slack=0.0):
    return abs(a - b) <= slack + 1e-9 * max(1.0, abs(a), abs(b))


class Line:
    def __init__(self, number, given):
        self.number, self.given, self.wrong = number, given, 0

    def complain(self, text):
        self.wrong += 1
        print(f"series {self.number} of {len(self.given['y'])} months: {text}")

    def rounded(self, what, is_, should):
        if (is_ is None) != (should is None):
            self.complain(f"{what} is {is_}, should be {should}")
        elif is_ is not None and not close(is_, should, 0.5000001):
            self.complain(f"{what} is {is_}, should be {should}")

    def model(self, label, is_, y, folds):
        squares, constants, ahead = fit(label, y, self.given["horizon"])
        if not close(is_["squares"], squares):
            self.complain(f"{label}: squares {is_['squares']}, should be {squares}")
        mine = [is_["alpha"], is_["beta"], is_["gamma"]][:len(constants)]
        if list(constants) != mine:
            self.complain(f"{label}: fitted with {mine}, should be {constants}")
        test = backtest(label, y, folds)
        if is_["folds"] != test["folds"]:
            self.complain(f"{label}: {is_['folds']} folds, should be {test['folds']}")
        for name in ("mae", "wape_bp", "mase_milli"):
            if test["folds"]:
                self.rounded(f"{label}: {name}", is_[name], test[name])
        for h, (value, low, high) in enumerate(is_["months"]):
            self.rounded(f"{label}: month {h + 1}", value, ahead[h])
            bounds = [None, None]
            if h < 3 and test["folds"] >= 8:
                bounds = [max(0, ahead[h] + quantile(test["steps"][h], p)) for p in (0.1, 0.9)]
            self.rounded(f"{label}: low of month {h + 1}", low, bounds[0])
            self.rounded(f"{label}: high of month {h + 1}", high, bounds[1])
        return test["absolute"]

    def check(self):
        y = [float(v) for v in self.given["y"]]
        folds, candidates = folds_of(len(y))
        possible = {label for label, needs in NEEDS.items() if len(y) >= needs}
        if set(self.given["models"]) != possible:
            self.complain(f"models {sorted(self.given['models'])}, not {sorted(possible)}")
        best, least = None, None
        for label in NEEDS:
            if label not in self.given["models"]:
                continue
            is_ = self.given["models"][label]
            error = self.model(label, is_, y, folds)
            if is_["candidate"] != (label in candidates):
                self.complain(f"{label}: candidate is {is_['candidate']}")
            if label in candidates and (best is None or (least > 0 and error <= 0.95 * least)):
                best, least = label, error
        if best != self.given["chosen"]:
            self.complain(f"chosen {self.given['chosen']}, should be {best}")
        return self.wrong


def main():
    lines = [json.loads(line) for line in sys.stdin]
    wrong = sum(Line(number, given).check() for number, given in enumerate(lines, 1))
    print(f"{len(lines)} series compared, {wrong} differences")
    return 1 if wrong or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
