"""How well leaving by unregistering can be told two months into a course of the Open University (OULAD), by models of
scikit-learn that know what lapse knows of a student, and by ones that are told the course as well.

    pip install pandas scikit-learn
    python3 test/experiments/courses.py oulad_events.csv.gz

Judged on the students of 2014 who had not left by the 60th day of their course: who leaves within 60 days from then on. Fitted to the same
of the courses of 2013, and of those of early 2014 for the test of late 2014, whose outcomes were known by then. Last, for
comparison, fitted to four fifths of the very students of 2014 and judged on the fifth, in turns.
"""

import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")

TERMS_2013, TERMS_2014 = ["2013B", "2013J"], ["2014B", "2014J"]
LENGTH = 60
SEVERAL = (45, 60, 75)


def main(path):
    log = pd.read_csv(path)
    log["user"] = log.code_module + "/" + log.code_presentation + "/" + log.id_student.astype(str)
    # As students.ts: the day 1 of a course is its first.
    log["day"] -= 1
    rows = {(term, day): rows_of(log, term, day) for term in TERMS_2013 + TERMS_2014 for day in SEVERAL}
    for days in [(LENGTH,), SEVERAL]:
        for told, ranked in [(False, False), (True, False), (False, True), (True, True)]:
            scores = []
            for term in TERMS_2014:
                known = [(t, d) for t in TERMS_2013 for d in days]
                # Outcomes of early 2014 were known on 2014-11-30.
                known += [("2014B", d) for d in days] if term == "2014J" else []
                train = pd.concat([rows[key] for key in known])
                scores.append(log_odds(train, rows[term, LENGTH], told, ranked))
            y = np.concatenate([rows[term, LENGTH].y for term in TERMS_2014])
            tell(f"days {days}", told, ranked, y, np.hstack(scores))
    both = pd.concat([rows[term, LENGTH] for term in TERMS_2014])
    for told, ranked in [(False, False), (True, True)]:
        scores = np.zeros((3, len(both)))
        for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(both, both.y):
            scores[:, test] = log_odds(both.iloc[train], both.iloc[test], told, ranked)
        tell("the students themselves", told, ranked, both.y, scores)


def rows_of(log, term, day):
    """Of each student of a term who has not left by a day of the course: numbers of what they did before, and whether they leave."""
    left = log[log.action == "unregister"].groupby("user").day.min()
    done = log[(log.code_presentation == term) & (log.day < day)]
    here = pd.Index([user for user in done.user.unique() if not left.get(user, np.inf) < day])
    done = done[done.user.isin(here) & (done.action != "unregister")].sort_values("day", kind="stable")
    by_user, scored = done.groupby("user"), done[done.score.notna()].groupby("user").score
    x = pd.DataFrame(index=here)
    x["tenure"], x["recency"] = day - by_user.day.min(), day - by_user.day.max()
    x["actions"], x["active_days"] = by_user.size(), by_user.day.nunique()
    x["score_sum"] = scored.sum().reindex(here).fillna(0)
    x["scored"] = scored.size().reindex(here).fillna(0)
    for name, value in [("mean", scored.mean()), ("least", scored.min()), ("first", scored.first()), ("last", scored.last())]:
        x[f"score_{name}"] = value.reindex(here).fillna(value.median())
    for action in ["register", "submit_TMA", "submit_CMA", "banked_TMA"]:
        of = done[done.action == action]
        x[f"count_{action}"] = of.groupby("user").size().reindex(here).fillna(0)
        x[f"since_first_{action}"] = (day - of.groupby("user").day.min()).reindex(here).fillna(200)
        x[f"since_last_{action}"] = (day - of.groupby("user").day.max()).reindex(here).fillna(200)
        for near, far in [(0, 6), (6, 20), (20, 40), (40, 60)]:
            within = of[(of.day < day - near) & (of.day >= day - far)]
            x[f"{action}_{near}_to_{far}"] = within.groupby("user").size().reindex(here).fillna(0)
    ranks = x.groupby(here.str[:3]).rank(pct=True).add_prefix("rank_")
    courses = pd.get_dummies(pd.Categorical(here.str[:3], sorted(log.code_module.unique())), dtype=float).add_prefix("course_")
    y = pd.Series(here.map(lambda user: int(day <= left.get(user, np.inf) < day + LENGTH)), here, name="y")
    return pd.concat([x, ranks, courses.set_index(here), y], axis=1)


def log_odds(train, test, told, ranked):
    """Of a regression, of boosted trees, and of both as lapse blends them."""
    x = [c for c in train if c != "y" and (ranked or not c.startswith("rank_")) and (told or not c.startswith("course_"))]
    regression = make_pipeline(StandardScaler(), LogisticRegression(C=0.03, max_iter=2000))
    linear = regression.fit(np.log1p(train[x]), train.y).decision_function(np.log1p(test[x]))
    options = {"max_depth": 3, "learning_rate": 0.03, "max_iter": 200, "min_samples_leaf": 40, "l2_regularization": 5, "max_features": 0.5}
    seeds = [HistGradientBoostingClassifier(**options, random_state=seed) for seed in range(3)]
    trees = np.mean([model.fit(train[x], train.y).decision_function(test[x]) for model in seeds], axis=0)
    return np.array([linear, trees, 0.25 * linear + 0.75 * trees])


def tell(name, told, ranked, y, scores):
    figures = [f"{roc_auc_score(y, z):.3f} / {log_loss(y, 1 / (1 + np.exp(-z))):.4f}" for z in scores]
    knows = " ".join((["course"] if told else []) + (["ranks"] if ranked else []))
    print(f"{name:24} {knows:14} {len(y)} rows, {int(sum(y))} leave | regression {figures[0]} | trees {figures[1]} | both {figures[2]}", flush=True)


main(sys.argv[1])
