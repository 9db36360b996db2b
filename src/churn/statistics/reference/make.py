"""Writes reference.json: statistics by SciPy and statsmodels, which reference.test.ts compares with.

    pip install scipy statsmodels
    python3 src/churn/statistics/reference/make.py && npx biome format --write src/churn/statistics/reference
"""

import json
from pathlib import Path

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import integrate, optimize, stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW


def main():
    random = np.random.default_rng(20260301)
    made = {
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
        "normal": [
            {"p": p, "z": stats.norm.ppf(p)} for p in [1e-12, 1e-6, 0.001, 0.01, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999]
        ],
        "student": [
            {"p": p, "freedom": f, "t": stats.t.ppf(p, f)} for f in [1, 2, 3.7, 30, 1234.5, 1e6] for p in [0.6, 0.9, 0.975]
        ],
        "chiSquare": [
            {"statistic": x, "freedom": f, "p": stats.chi2.sf(x, f)} for f in [1, 2, 7] for x in [0.01, 1, 3.84, 10.8, 50]
        ],
        "fit": [
            {"counts": counts, "shares": shares, "p": stats.chisquare(counts, np.array(shares) * sum(counts)).pvalue}
            for counts, shares in [([810, 190], [0.8, 0.2]), ([800, 240], [0.8, 0.2]), ([50, 30, 20], [0.4, 0.4, 0.2])]
        ],
        "wilson": [
            {"count": k, "of": n, "interval": proportion_confint(k, n, method="wilson")}
            for k, n in [(0, 20), (1, 7), (81, 263), (500, 500)]
        ],
        "shares": [shares(a, b) for a, b in share_cases],
        "sharesAtLast": [shares(a, b, 0.045) for a, b in share_cases],
        "means": [means(random, a, b) for a, b in [(12, 9), (400, 100), (3, 500)]],
        "adjusted": [adjusted(random, *case) for case in [(60, 40, 1), (400, 100, 1), (250, 250, 3)]],
        "pooled": [
            pooled([0.05, 0.1, 0.02, 0.2], [0.02, 0.03, 0.02, 0.08]),
            pooled([0.1, 0.1, 0.11], [0.05, 0.04, 0.06]),
            pooled([0.3, -0.2, 0.05, 0.6], [0.05, 0.04, 0.06, 0.1]),
        ],
        "saved": [saved(a, b) for a, b in [((56, 70), (48, 80)), ((1, 400), (9, 100)), ((0, 60), (8, 40)), ((5, 50), (0, 70))]],
        "anyTime": [any_time(seen, planned) for seen, planned in [(30, 60), (30, 5000), (400, 800), (760, 800), (99_999, 100_000)]],
        "detectable": [detectable(n, m, sd, alpha) for n, m, sd in [(400, 100, 1), (90, 30, 12.5)] for alpha in [0.05, 0.045]],
        "growth": [growth(p, q, n, ratio) for p, q, n, ratio in [(0.3, 0.2, 100, 0.25), (0.1, 0.09, 1000, 1)]],
    }
    Path(__file__).with_name("reference.json").write_text(json.dumps(made, indent=2) + "\n")


share_cases = [
    # Newcombe 1998, table II (a), (e), (g).
    ((56, 70), (48, 80)),
    ((5, 56), (0, 29)),
    ((10, 10), (0, 20)),
    ((92, 400), (31, 100)),
    ((3, 50_000), (1, 12_500)),
]


def shares(a, b, alpha=0.05):
    low, high = confint_proportions_2indep(*a, *b, method="newcomb", alpha=alpha)
    return {"a": {"count": a[0], "of": a[1]}, "b": {"count": b[0], "of": b[1]}, "low": low, "high": high}


def means(random, n, m):
    a, b = random.gamma(0.5, 40, n), random.gamma(0.6, 30, m)
    low, high = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(usevar="unequal")
    last = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(alpha=0.045, usevar="unequal")
    return {"a": a.tolist(), "b": b.tolist(), "value": a.mean() - b.mean(), "low": low, "high": high, "last": last}


def adjusted(random, treated, control, width):
    t = np.repeat([1.0, 0.0], [treated, control])
    x = random.beta(1, 3, (t.size, width))
    y = (random.random(t.size) < np.clip(x[:, 0] - 0.08 * t, 0, 1)).astype(float)
    centred = x - x.mean(axis=0)
    design = np.column_stack([np.ones_like(t), t, centred, centred * t[:, None]])
    fit = sm.OLS(y, design).fit(cov_type="HC2", use_t=True)
    low, high = fit.conf_int()[1]
    return {
        "treated": t.tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
        "value": fit.params[1],
        "error": fit.bse[1],
        "low": low,
        "high": high,
        "last": fit.conf_int(0.045)[1].tolist(),
    }


def pooled(values, errors):
    result = combine_effects(np.array(values), np.array(errors) ** 2, method_re="chi2")
    # statsmodels goes on with a negative variance between experiments; DerSimonian and Laird take zero then.
    frame = result.summary_frame().loc["random effect" if result.tau2 > 0 else "fixed effect"]
    return {
        "values": values,
        "errors": errors,
        "value": frame["eff"],
        "error": frame["sd_eff"],
        "low": frame["ci_low"],
        "high": frame["ci_upp"],
    }


def saved(a, b):
    """1 - ratio, with half a user more in each arm where there is none in one."""
    method = "log-adjusted" if min(a[0], b[0]) == 0 else "log"
    low, high = confint_proportions_2indep(*a, *b, compare="ratio", method=method)
    return {"a": {"count": a[0], "of": a[1]}, "b": {"count": b[0], "of": b[1]}, "low": 1 - high, "high": 1 - low}


def growth(p, q, n, ratio):
    """How many times n is needed in the first arm, the second having ratio times as many, for a power of 80 %."""
    # Unpooled variances: the arms as if they had one variance, that of their difference per row of the first arm.
    variance = p * (1 - p) + q * (1 - q) / ratio
    effect = (p - q) / np.sqrt(variance / (1 + 1 / ratio))
    needed = NormalIndPower().solve_power(effect_size=effect, alpha=0.05, power=0.8, ratio=ratio)
    return {"effect": p - q, "error": np.sqrt(variance / n), "growth": needed / n}


def any_time(seen, planned, alpha=0.005):
    """
    The boundary in standard errors. Not by its formula: the mixture of exp(λ s - λ² t / 2) over λ, normal with the variance ρ², is
    integrated by quadrature, and the sum s is sought where it is 1 / α for either sign (Robbins 1970; the process exceeds it with a probability of at most α).
    """
    rho = np.sqrt((-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / planned)

    def log_mixture(s):
        peak = s * rho**2 / (1 + seen * rho**2)
        width = rho / np.sqrt(1 + seen * rho**2)
        top = peak * s - peak**2 * seen / 2 - (peak / rho) ** 2 / 2

        def density(x):
            return np.exp(x * s - x**2 * seen / 2 - (x / rho) ** 2 / 2 - top) / (rho * np.sqrt(2 * np.pi))

        area, _ = integrate.quad(density, peak - 12 * width, peak + 12 * width, points=[peak], epsabs=0, epsrel=1e-12)
        return top + np.log(area)

    s = optimize.brentq(lambda x: log_mixture(x) - np.log(1 / alpha), 0, 100 * np.sqrt(seen), xtol=1e-12, rtol=1e-14)
    return {"seen": seen, "planned": planned, "errors": s / np.sqrt(seen)}


def detectable(n, m, sd, alpha):
    """The smallest effect that a power of 80 % finds with these sizes."""
    effect = NormalIndPower().solve_power(effect_size=None, nobs1=n, alpha=alpha, power=0.8, ratio=m / n)
    return {"error": sd * np.sqrt(1 / n + 1 / m), "alpha": alpha, "effect": effect * sd}


if __name__ == "__main__":
    main()
