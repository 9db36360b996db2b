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
    """Name, x, y, options of the trees."""
    base = {"trees": 100, "rate": 0.05, "depth": 3, "leastWeight": 5, "lambda": 5}
    x = rounded(random.normal(size=(400, 4)))
    yield "all rows and columns", x, drawn(random, x), base
    x = rounded(random.exponential(size=(400, 4)) * 3)
    yield "a skewed and coarse matrix", np.floor(x), drawn(random, np.log1p(x)), {**base, "lambda": 0.5}


def rounded(x):
    return np.round(x, 1)


def drawn(random, x):
    z = x[:, 0] + x[:, 1] * (x[:, 2] > 0) - 0.5
    return (random.random(z.size) < 1 / (1 + np.exp(-z))).astype(int)


def solve(random, name, x, y, options):
    parameters = {
        "eta": options["rate"],
        "max_depth": options["depth"],
        "min_child_weight": options["leastWeight"],
        "lambda": options["lambda"],
        "base_score": float(y.mean()),
        "objective": "binary:logistic",
        "tree_method": "hist",
        "max_bin": 256,
        "nthread": 1,
    }
    booster = xgboost.train(parameters, xgboost.DMatrix(x, y), options["trees"])
    # Of values that occur: between two of them XGBoost puts its thresholds elsewhere.
    others = random.permuted(x, axis=0)[:100]
    z = booster.predict(xgboost.DMatrix(others), output_margin=True)
    return {
        "name": name,
        "options": options,
        "width": x.shape[1],
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "others": others.ravel().tolist(),
        "logOdds": [round(float(value), 6) for value in z],
    }


if __name__ == "__main__":
    main()
