"""Writes fit-trees.json: predictions by XGBoost, which fit-trees.test.ts compares with.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install xgboost
    /tmp/reference/bin/python src/churn/training/reference/fit-trees.py && npx biome format --write src/churn/training/reference
"""

import json
from pathlib import Path

import numpy as np
import xgboost


def main():
    random = np.random.default_rng(20240301)
    problems = [solve(random, *problem) for problem in problems_from(random)]
    made = {"xgboost": xgboost.__version__, "problems": problems}
    Path(__file__).with_name("fit-trees.json").write_text(json.dumps(made) + "\n")


def problems_from(random):
    """Name, x, y, weights of rows, options of the trees."""
    base = {"trees": 100, "rate": 0.05, "depth": 3, "leastWeight": 5, "lambda": 5}
    x = rounded(random.normal(size=(400, 4)))
    yield "all rows and columns", x, drawn(random, x), None, base
    x = rounded(random.exponential(size=(400, 4)) * 3)
    yield "a skewed and coarse matrix", np.floor(x), drawn(random, np.log1p(x)), None, {**base, "lambda": 0.5}
    x = rounded(random.normal(size=(300, 4)))
    weights = np.round(random.random(300) + 0.1, 2)
    yield "weighted rows", x, drawn(random, x), weights, {**base, "depth": 2, "leastWeight": 2}


def rounded(x):
    return np.round(x, 1)


def drawn(random, x):
    z = x[:, 0] + x[:, 1] * (x[:, 2] > 0) - 0.5
    return (random.random(z.size) < 1 / (1 + np.exp(-z))).astype(int)


def solve(random, name, x, y, weights, options):
    rate = float(y.mean() if weights is None else weights @ y / weights.sum())
    parameters = {
        "eta": options["rate"],
        "max_depth": options["depth"],
        "min_child_weight": options["leastWeight"],
        "lambda": options["lambda"],
        "base_score": rate,
        "objective": "binary:logistic",
        "tree_method": "hist",
        "max_bin": 256,
        "nthread": 1,
    }
    booster = xgboost.train(parameters, xgboost.DMatrix(x, y, weight=weights), options["trees"])
    # Of values that occur: between two of them XGBoost puts its thresholds elsewhere.
    others = random.permuted(x, axis=0)[:100]
    z = booster.predict(xgboost.DMatrix(others), output_margin=True)
    return {
        "name": name,
        "options": options,
        "width": x.shape[1],
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "rowWeights": None if weights is None else weights.tolist(),
        "others": others.ravel().tolist(),
        "logOdds": [round(float(value), 6) for value in z],
    }


if __name__ == "__main__":
    main()
