# SPDX-License-Identifier: Apache-2.0
"""Forecasts of a series from its past: section 1.5-10 of the figures, for a history of fewer than
13 months, of which there are simple smoothing and the damped trend."""

from base import nearest

GRID = (0.05, 0.15, 0.3, 0.5, 0.7)
STEPS = 3


def smooth(series, alpha):
    """Simple exponential smoothing: its last level, and the squares of what it missed."""
    level = sum(series[:6]) / min(6, len(series))
    missed = 0.0
    for y in series:
        missed += (y - level) ** 2
        level += alpha * (y - level)
    return level, missed


def ses(series, steps):
    """(forecasts, constants)"""
    best = min(GRID, key=lambda alpha: smooth(series, alpha)[1])
    return [max(0.0, smooth(series, best)[0])] * steps, (best, None)


def trend(series, alpha, beta):
    """Damped Holt: level, trend, squares of what it missed."""
    level, slope, missed = float(series[0]), float(series[1] - series[0]), 0.0
    for y in series[1:]:
        expected, before = level + 0.9 * slope, level
        missed += (y - expected) ** 2
        level = alpha * y + (1 - alpha) * expected
        slope = beta * (level - before) + (1 - beta) * 0.9 * slope
    return level, slope, missed


def holt(series, steps):
    best = min(((a, b) for a in GRID for b in GRID), key=lambda at: trend(series, *at)[2])
    level, slope, _ = trend(series, *best)
    sums = [sum(0.9 ** k for k in range(1, h + 1)) for h in range(1, steps + 1)]
    return [max(0.0, level + s * slope) for s in sums], best


METHODS = {"ses": (ses, 7), "holt": (holt, 8)}  # and the months each needs at least


def folds_of(series):
    """How many months before the last three each back-test ends, for 7 to 15 months."""
    return max(1, min(6, len(series) - 6))


def back_test(series, method):
    forecast, least = METHODS[method]
    errors, scaled, tested, folds = [], [], [], 0
    for last in range(len(series) - folds_of(series) + 1, len(series) + 1):
        past, future = series[:last - STEPS], series[last - STEPS:last]
        if len(past) < (least if method == "holt" else 1):
            continue
        missed = [abs(y - f) for y, f in zip(future, forecast(past, STEPS)[0])]
        scale = sum(abs(b - a) for a, b in zip(past, past[1:])) / max(1, len(past) - 1)
        errors += missed
        scaled += [e / scale if scale else None for e in missed]
        tested += [abs(y) for y in future]
        folds += 1
    if folds == 0:
        return {"folds": 0, "wape_bp": None, "mase_milli": None, "mae": None}
    usual = sum(abs(y) for y in series) / len(series)
    near_zero = sum(tested) == 0 or sum(tested) / len(tested) < 0.05 * usual
    return {"folds": folds, "mae": nearest(sum(errors) / len(errors)),
            "wape_bp": None if near_zero else nearest(10000 * sum(errors) / sum(tested)),
            "mase_milli": None if None in scaled else nearest(1000 * sum(scaled) / len(scaled))}


def centi(constant):
    return None if constant is None else nearest(100 * constant)


def methods(series):
    """The rows of the report; with so few months only simple smoothing is compared."""
    if len(series) < 7:
        return []
    rows = []
    for name, (forecast, least) in METHODS.items():
        if len(series) >= least:
            _, (alpha, beta) = forecast(series, 1)
            rows.append(dict(back_test(series, name), method=name, chosen=name == "ses",
                             candidate=name == "ses", alpha_centi=centi(alpha),
                             beta_centi=centi(beta), gamma_centi=None))
    return rows
