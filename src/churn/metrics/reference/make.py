"""Writes reference.json: metrics by scikit-learn, which reference.test.ts compares with.

    apt-get install python3-sklearn
    python3 churn/metrics/reference/make.py && npx biome format --write churn/metrics/reference

The weighted values check the metrics of bootstrap samples, in which a row occurs a whole number of times.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score


def main():
    random = np.random.default_rng(20240301)
    cases = [describe(name, y, p, random) for name, y, p in samples(random)]
    made = {"scikitLearn": sklearn.__version__, "cases": cases}
    Path(__file__).with_name("reference.json").write_text(json.dumps(made, indent=2) + "\n")


def samples(random):
    p = random.random(200)
    yield "calibrated", outcomes(random, p), p
    p = random.random(150)
    yield "overconfident", outcomes(random, 0.35 + 0.3 * p), p
    p = np.round(random.random(250), 1)
    yield "ties at the edges of the bins", outcomes(random, p), p
    p = random.beta(0.6, 40, 400)
    yield "2 % churn", outcomes(random, p), p
    p = random.beta(8, 1, 100)
    yield "90 % churn", outcomes(random, p), p
    p = np.tile([0.0, 1.0, 1e-300, 1e-17, 1 - 1e-16, 1 - 2**-52, 0.5], 10)
    yield "certain, and often wrong", random.integers(0, 2, p.size), p
    yield "one probability for all", outcomes(random, np.full(60, 0.3)), np.full(60, 0.3)
    yield "seven rows", np.array([0, 1, 0, 1, 1, 0, 0]), np.array([0.2, 0.9, 0.4, 0.4, 0.6, 0.1, 0.7])


def outcomes(random, p):
    return (random.random(p.size) < p).astype(int)


def describe(name, y, p, random):
    counts = random.poisson(1, y.size)
    counts[[np.argmax(y), np.argmin(y)]] = 1  # both classes occur
    return {
        "name": name,
        "y": y.tolist(),
        "p": p.tolist(),
        "counts": counts.tolist(),
        "metrics": metrics(y, p),
        # Repeating rows and weighting them must agree; the second is what the others do.
        "weighted": metrics(y, p, counts),
    }


def metrics(y, p, counts=None):
    repeated = np.repeat(np.arange(y.size), counts) if counts is not None else np.arange(y.size)
    return {
        "auc": roc_auc_score(y, p, sample_weight=counts),
        "prAuc": average_precision_score(y, p, sample_weight=counts),
        "logLoss": log_loss(y, p, sample_weight=counts),
        "brier": brier_score_loss(y, p, sample_weight=counts),
        "ece": calibration_error(y[repeated], p[repeated]),
    }


def calibration_error(y, p):
    observed, predicted = calibration_curve(y, p, n_bins=10, strategy="uniform")
    # calibration_curve leaves out empty bins and does not tell the sizes; its bins are (k/10, (k+1)/10].
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], p)
    sizes = np.bincount(bins, minlength=10)
    return float(np.sum(sizes[sizes > 0] * np.abs(predicted - observed)) / p.size)


if __name__ == "__main__":
    main()
