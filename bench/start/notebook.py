"""A churn model as a notebook has it: from the CSV of a log to today's scores, with pandas and scikit-learn.

    python3 bench/start/notebook.py LOG.csv FOLDER

Features of every user in windows before each of some snapshots, a split in time, a regression and boosted trees, their figures on
later snapshots, both fitted to all that is known, and who is at risk today, written to FOLDER. Prints JSON.
"""

import json
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

CHURN = pd.Timedelta(days=30)
STEP = pd.Timedelta(days=10)
MOST_SNAPSHOTS = 24
MOST_TEST = 6
WINDOWS = [120, 60, 30, 10, 3]
HALF_LIVES = [1.25, 2.5, 5, 10, 20, 40, 80]


def features_at(at: pd.Timestamp, by_action: pd.DataFrame, by_day: pd.DataFrame) -> pd.DataFrame:
    """One row for each user with an action in the churn window before the snapshot."""
    by_action, by_day = by_action[by_action["day"] < at], by_day[by_day["day"] < at]
    last = by_day.groupby("user_id", observed=True)["day"].max()
    here = last.index[last >= at - CHURN]
    action_age, day_age = (at - by_action["day"]).dt.days, (at - by_day["day"]).dt.days
    features = pd.DataFrame(index=here)
    for window in WINDOWS:
        within = by_action[action_age <= window]
        counts = within.groupby(["user_id", "action"], observed=True)["count"].sum().unstack(fill_value=0)
        features = features.join(counts.add_prefix("count_").add_suffix(f"_{window}d"))
        days = by_day[day_age <= window].groupby("user_id", observed=True)
        features[f"actions_{window}d"] = days["count"].sum()
        features[f"active_days_{window}d"] = days.size()
        features[f"value_{window}d"] = days["value"].sum()
    since = action_age.groupby([by_action["user_id"], by_action["action"]], observed=True).min().unstack()
    features = features.join(since.add_prefix("days_since_"))
    for half_life in HALF_LIVES:
        weight = 0.5 ** (day_age / half_life)
        features[f"decayed_days_{half_life}"] = weight.groupby(by_day["user_id"], observed=True).sum()
        features[f"decayed_value_{half_life}"] = (weight * by_day["value"]).groupby(by_day["user_id"], observed=True).sum()
    gaps = by_day["gap"].groupby(by_day["user_id"], observed=True)
    features["recency"] = (at - last).dt.days
    features["tenure"] = day_age.groupby(by_day["user_id"], observed=True).max()
    features["mean_gap"], features["sd_gap"], features["longest_gap"] = gaps.mean(), gaps.std(), gaps.max()
    features["median_gap"], features["last_gap"] = gaps.median(), gaps.last()
    features["overdue"] = features["recency"] / features["mean_gap"].clip(lower=1)
    features["lifetime_days"] = by_day.groupby("user_id", observed=True).size()
    features["lifetime_value"] = by_day.groupby("user_id", observed=True)["value"].sum()
    weekend = (by_day["day"].dt.day_of_week >= 5).groupby(by_day["user_id"], observed=True)
    features["weekend_share"] = weekend.mean()
    never = features.columns.str.startswith("days_since_")
    return features.fillna({name: 240 for name in features.columns[never]}).fillna(0)


def labelled(at: pd.Timestamp, by_action: pd.DataFrame, by_day: pd.DataFrame) -> pd.DataFrame:
    rows = features_at(at, by_action, by_day)
    after = by_day[(by_day["day"] >= at) & (by_day["day"] < at + CHURN)]
    return rows.assign(churned=(~rows.index.isin(after["user_id"])).astype(int), at=at)


def split_of(log_start: pd.Timestamp, today: pd.Timestamp) -> tuple[list, list]:
    """Snapshots to learn from and to test on; the outcome of each is complete."""
    newest, earliest = today - CHURN, log_start + CHURN
    test = [newest - i * STEP for i in range(min(MOST_TEST, 1 + int((newest - CHURN - earliest) / (4 * STEP))))]
    count = 1 + int((test[-1] - CHURN - earliest) / STEP)
    return [test[-1] - CHURN - i * STEP for i in range(min(count, MOST_SNAPSHOTS))], test


def models() -> dict:
    regression = make_pipeline(
        FunctionTransformer(lambda x: np.sign(x) * np.log1p(np.abs(x))),
        StandardScaler(),
        LogisticRegression(C=1 / 30, max_iter=1000),
    )
    trees = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.03, max_depth=3, min_samples_leaf=100, l2_regularization=5, random_state=1
    )
    return {"regression": regression, "trees": trees}


def blended(fitted: dict, x: pd.DataFrame) -> np.ndarray:
    log_odds = {name: np.log(p / (1 - p)) for name, m in fitted.items() for p in [m.predict_proba(x)[:, 1]]}
    return 1 / (1 + np.exp(-(0.25 * log_odds["regression"] + 0.75 * log_odds["trees"])))


def main() -> None:
    started = time.perf_counter()
    folder = Path(sys.argv[2])
    log = pd.read_csv(sys.argv[1], dtype={"user_id": "category", "action": "category"}, parse_dates=["timestamp"])
    log = log.drop_duplicates()
    log["day"] = log["timestamp"].dt.tz_localize(None).dt.floor("D")
    keys = ["user_id", "action", "day"]
    by_action = log.groupby(keys, observed=True)["value"].agg(count="size", value="sum").reset_index()
    by_day = by_action.groupby(["user_id", "day"], observed=True)[["count", "value"]].sum().reset_index()
    by_day["gap"] = by_day.groupby("user_id", observed=True)["day"].diff().dt.days
    today = by_day["day"].max() + pd.Timedelta(days=1)
    read = time.perf_counter()

    train_days, test_days = split_of(by_day["day"].min(), today)
    between = [d for i in range(1, int(CHURN / STEP)) for d in [test_days[-1] - CHURN + i * STEP]]
    snapshots = sorted({*train_days, *between, *test_days})
    rows = pd.concat([labelled(at, by_action, by_day) for at in snapshots]).fillna(0)
    now = features_at(today, by_action, by_day)
    columns = [name for name in rows.columns if name not in ("churned", "at")]
    made = time.perf_counter()

    train, test = rows[rows["at"].isin(train_days)], rows[rows["at"].isin(test_days)]
    proof = {name: model.fit(train[columns], train["churned"]) for name, model in models().items()}
    predicted = blended(proof, test[columns])
    auc, loss = roc_auc_score(test["churned"], predicted), log_loss(test["churned"], predicted)
    known = rows[rows["at"].isin(snapshots[-MOST_SNAPSHOTS:])]
    serving = {name: model.fit(known[columns], known["churned"]) for name, model in models().items()}
    scores = pd.Series(blended(serving, now.reindex(columns=columns, fill_value=0)), index=now.index, name="risk")
    fitted = time.perf_counter()
    scores.sort_values(ascending=False).to_csv(folder / "scores.csv")
    joblib.dump(serving["trees"], folder / "trees.joblib")
    figures = {
        "read": read - started,
        "features": made - read,
        "models": fitted - made,
        "processor": time.process_time(),
        "rows": len(rows),
        "columns": len(columns),
        "users": len(scores),
        "auc": auc,
        "logLoss": loss,
    }
    print(json.dumps(figures))


main()
