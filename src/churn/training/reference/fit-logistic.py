"""Writes fit-logistic.json: coefficients by scikit-learn, which fit-logistic.test.ts compares with.

    apt-get install python3-sklearn
    python3 churn/training/reference/fit-logistic.py && npx biome format --write churn/training/reference
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression


def main():
    random = np.random.default_rng(20240301)
    problems = [solve(*problem) for problem in problems_from(random)]
    made = {"scikitLearn": sklearn.__version__, "problems": problems}
    Path(__file__).with_name("fit-logistic.json").write_text(json.dumps(made, indent=2) + "\n")


def problems_from(random):
    """Name, x, y, l2."""
    x = rounded(random.normal(size=(120, 4)))
    yield "four features", x, drawn(random, x @ [1, -0.5, 0.2, 0] - 0.3), 1.0
    yield "a strong penalty", x, drawn(random, x @ [1, -0.5, 0.2, 0] - 0.3), 50.0
    base = random.normal(size=(150, 1))
    x = rounded(base + 0.05 * random.normal(size=(150, 3)))
    yield "features that nearly repeat each other", x, drawn(random, 2 * base[:, 0]), 0.1
    x = rounded(random.exponential(size=(150, 3)))
    yield "few churners", x, drawn(random, -x @ [1.0, 0.5, 1.0] - 1), 0.5


def rounded(x):
    return np.round(x, 3)


def drawn(random, z):
    return (random.random(z.size) < 1 / (1 + np.exp(-z))).astype(int)


def solve(name, x, y, l2):
    # The objective is C * sum of log losses + |w|^2 / 2 with a free intercept: ours times C, where C = 1 / l2.
    model = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-13, max_iter=1000)
    model.fit(x, y)
    residual = model.predict_proba(x)[:, 1] - y
    gradient = np.append(x.T @ residual + l2 * model.coef_[0], residual.sum())
    assert np.linalg.norm(gradient) < 1e-9, f"{name}: not at the optimum, gradient {gradient}"
    return {
        "name": name,
        "l2": l2,
        "width": x.shape[1],
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "weights": model.coef_[0].tolist(),
        "intercept": model.intercept_[0],
    }


if __name__ == "__main__":
    main()
