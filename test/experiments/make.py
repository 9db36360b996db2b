"""Writes two public randomised experiments as files for `lapse campaigns import`, and what statsmodels says of them.

    pip install scipy statsmodels causaldata==0.1.5
    python3 test/experiments/make.py && npx biome format --write test/experiments

causaldata has them under the MIT licence:

- thornton-2008.csv: Rebecca Thornton offered people in rural Malawi a voucher of random worth, or none, for learning a test's result at a
  centre. Treatment: any voucher. Outcome: learned it. Known before: the distance to the centre in km, and age.
  (The Demand for, and Impact of, Learning HIV Status, American Economic Review 98, 2008.)
- lalonde-1986.csv: the National Supported Work demonstration, as Dehejia and Wahba selected it. Treatment: a place at work for a year.
  Outcome: earnings in 1978. Known before: earnings in 1974 and 1975, age, years at school.
  (LaLonde, Evaluating the Econometric Evaluations of Training Programs, American Economic Review 76, 1986.)
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm
from causaldata import nsw_mixtape, thornton_hiv
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

here = Path(__file__).parent


def main():
    vouchers = thornton_hiv.load_pandas().data[["any", "got", "distvct", "age"]].dropna()
    vouchers = vouchers.astype({"any": int, "got": int, "age": int}).round(4)
    vouchers.columns = ["treatment", "learned", "distance", "age"]
    work = nsw_mixtape.load_pandas().data[["treat", "re78", "re74", "re75", "age", "educ"]].round(2)
    work.columns = ["treatment", "earnings_1978", "earnings_1974", "earnings_1975", "age", "school"]
    made = {
        "statsmodels": statsmodels.__version__,
        "experiments": [
            judged("thornton-2008.csv", vouchers, "learned", "share", ["distance", "age"]),
            judged("lalonde-1986.csv", work, "earnings_1978", "amount", ["earnings_1974", "earnings_1975", "age", "school"]),
        ],
    }
    (here / "reference.json").write_text(json.dumps(made, indent=2) + "\n")


def judged(file, rows, outcome, kind, covariates):
    rows.insert(0, "user", [f"person-{n}" for n in range(1, len(rows) + 1)])
    rows.to_csv(here / file, index=False)
    # As the file has them: in memory, amounts have fewer digits.
    rows = pd.read_csv(here / file)
    t, y = rows["treatment"].to_numpy(float), rows[outcome].to_numpy(float)
    a, b = y[t == 1], y[t == 0]
    if kind == "share":
        interval = confint_proportions_2indep(a.sum(), a.size, b.sum(), b.size, method="newcomb")
    else:
        interval = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(usevar="unequal")
    x = rows[covariates].to_numpy(float)
    centred = x - x.mean(axis=0)
    # Lin 2013: each arm has its own slopes.
    fit = sm.OLS(y, np.column_stack([np.ones_like(t), t, centred, centred * t[:, None]])).fit(cov_type="HC2", use_t=True)
    return {
        "file": file,
        "outcome": outcome,
        "kind": kind,
        "covariates": covariates,
        "sizes": {"treatment": a.size, "control": b.size},
        "treatment": a.mean(),
        "control": b.mean(),
        "difference": {"value": a.mean() - b.mean(), "low": interval[0], "high": interval[1]},
        "adjusted": {
            "value": fit.params[1],
            "error": fit.bse[1],
            "low": fit.conf_int()[1][0],
            "high": fit.conf_int()[1][1],
        },
    }


if __name__ == "__main__":
    main()
