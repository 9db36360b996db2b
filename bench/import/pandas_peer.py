"""The same work as a pandas script in memory. Prints JSON.

    python3 bench/import/pandas_peer.py FILE [same|windows] [FEATURES.parquet]

`same` drops duplicates and makes the features that lapse makes; `windows` makes 32 and looks for no duplicates. It keeps
neither actions nor user-days; the features are written to the file of that name, if one is given.
"""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

WINDOWS = [120, 60, 30, 10, 3]
HALF_LIVES = [30, 60, 120, 240, 480, 960, 1920]
AT = pd.Timestamp("2024-01-01")


def window_features(days: pd.DataFrame) -> pd.DataFrame:
    end = AT.tz_localize(days["day"].dt.tz)
    age = (end - days["day"]).dt.days
    features = days.groupby("user_id", observed=True)["day"].agg(last="max", first="min")
    for window in WINDOWS:
        within = days[age <= window]
        users = within.groupby("user_id", observed=True)
        features[f"actions_{window}"] = users["count"].sum()
        features[f"value_{window}"] = users["value"].sum()
        features[f"days_{window}"] = users["day"].nunique()
        for action in ["login", "search", "purchase"]:
            of_action = within[within["action"] == action].groupby("user_id", observed=True)
            features[f"{action}_{window}"] = of_action["count"].sum()
    return features.fillna(0)


def same_features(days: pd.DataFrame) -> pd.DataFrame:
    """The features that lapse makes of this log under a churn window of 30 days."""
    names = days["user_id"].cat.categories
    n = len(names)
    end = AT.tz_localize(days["day"].dt.tz)
    user = days["user_id"].cat.codes.to_numpy(dtype=np.intp)
    age = (end - days["day"]).dt.days.to_numpy()
    count = days["count"].to_numpy(dtype=float)
    value = days["value"].to_numpy()
    columns: dict[str, np.ndarray] = {}

    def total(mask, weights=None, of=None):
        of = user if of is None else of
        return np.bincount(of[mask], None if weights is None else weights[mask], n)

    for name, code in zip(days["action"].cat.categories, range(len(days["action"].cat.categories))):
        mine = (days["action"].cat.codes == code).to_numpy()
        u, a, c = user[mine], age[mine], count[mine]
        for window in WINDOWS:
            columns[f"count_{name}_{window}d"] = np.bincount(u[a <= window], c[a <= window], n)
        since = np.full(n, 240)
        np.minimum.at(since, u, a)
        columns[f"days_since_{name}_up_to_240d"] = since
        columns[f"lifetime_count_{name}"] = np.bincount(u, c, n)
        for hours in [240, 960]:
            columns[f"decayed_count_{name}_{hours}h"] = np.bincount(u, c * np.exp2(-24 * a / hours), n)

    # Rows are sorted by user and day: an active day begins where either changes.
    starts = np.flatnonzero(np.r_[True, (user[1:] != user[:-1]) | (age[1:] != age[:-1])])
    count, value = np.add.reduceat(count, starts), np.add.reduceat(value, starts)
    user, age = user[starts], age[starts]
    weekday = (days["day"].dt.day_of_week.to_numpy())[starts]
    every = np.ones(len(user), dtype=bool)
    active = total(every)
    some = np.maximum(active, 1)
    for window in WINDOWS:
        columns[f"actions_{window}d"] = total(age <= window, count)
        columns[f"active_days_{window}d"] = total(age <= window)
        columns[f"value_{window}d"] = total(age <= window, value)
    first = np.r_[True, user[1:] != user[:-1]]
    last = np.r_[first[1:], True]
    recency, tenure, last_value = np.zeros(n), np.zeros(n), np.zeros(n)
    recency[user[last]], tenure[user[first]], last_value[user[last]] = age[last], age[first], value[last]
    columns |= {"days_since_last": recency, "days_since_first": tenure, "lifetime_active_days": active}
    for window in [120, 60]:
        recent = columns[f"active_days_{window}d"]
        columns[f"trend_{window}d"] = (2 * total(age <= window // 2) - recent) / np.maximum(1, recent)
    for hours in HALF_LIVES:
        weight = np.exp2(-24 * age / hours)
        columns[f"decayed_active_days_{hours}h"] = total(every, weight)
        columns[f"decayed_value_{hours}h"] = total(every, value * weight)
    columns["lifetime_actions"] = total(every, count)
    columns["actions_per_active_day"] = columns["lifetime_actions"] / some
    a_year_ago = (age >= 336) & (age <= 365)
    columns["actions_30d_a_year_ago"] = total(a_year_ago, count)
    columns["active_days_30d_a_year_ago"] = total(a_year_ago)
    columns["lifetime_value"] = total(every, value)
    columns["value_of_last_day"] = last_value
    columns["value_per_active_day"] = columns["lifetime_value"] / some
    weekdays = np.bincount(user * 7 + weekday, minlength=7 * n).reshape(n, 7)
    columns["weekend_share"] = weekdays[:, 5:].sum(axis=1) / some
    columns["commonest_weekday_share"] = (weekdays.max(axis=1) + 1) / (active + 7)

    inner = ~first
    of, gap = user[inner], (age[:-1] - age[1:])[inner[1:]]
    gaps = total(np.ones(len(of), dtype=bool), of=of)
    single = gaps == 0
    grouped = pd.Series(gap).groupby(of)

    def per_user(found: pd.Series, otherwise) -> np.ndarray:
        full = np.array(np.broadcast_to(np.asarray(otherwise, dtype=float), n))
        full[found.index] = found.to_numpy()
        return full

    logs = pd.Series(np.log(gap)).groupby(of)
    mean, sd = per_user(grouped.mean(), recency), per_user(grouped.std(ddof=0), 0)
    median, longest = per_user(grouped.median(), recency), per_user(grouped.max(), 0)
    ordered = np.sort(of.astype(np.int64) * 100_000 + gap) % 100_000
    begin = np.r_[0, np.cumsum(gaps)[:-1]]
    ninetieth = recency.copy()
    ninetieth[~single] = ordered[(begin + np.floor(0.9 * (gaps - 1)).astype(int))[~single]]
    log_recency = np.log(np.maximum(1, recency))
    log_mean, log_sd = per_user(logs.mean(), log_recency), per_user(logs.std(ddof=0), 0)
    last_gap = per_user(grouped.last(), recency)
    second = last_gap.copy()
    two = gaps >= 2
    second[two] = gap[(begin + gaps - 2)[two]]
    long = gap >= recency[of]
    as_long = total(long, of=of)
    columns |= {
        "mean_gap_days": mean,
        "longest_gap_days": longest,
        "overdue_ratio": recency / mean,
        "median_gap_days": median,
        "sd_gap_days": sd,
        "gap_variation": sd / mean,
        "last_gap_days": last_gap,
        "second_last_gap_days": second,
        "mean_log_gap": log_mean,
        "sd_log_gap": log_sd,
        "gap_days_90th_percentile": ninetieth,
        "gaps_as_long_as_present": as_long,
        "share_of_gaps_as_long_as_present": (as_long + 0.5) / (gaps + 1),
        "overdue_ratio_to_median": recency / median,
        "overdue_ratio_to_longest": recency / np.maximum(1, longest),
        "overdue_ratio_to_90th_percentile": recency / ninetieth,
        "log_overdue": log_recency - log_mean,
        "standardised_log_overdue": (log_recency - log_mean) / np.sqrt(log_sd**2 + 0.5),
    }
    for within in [30, 10]:
        back = total(long & (gap < recency[of] + within), of=of)
        columns[f"share_back_within_{within}d"] = (back + 0.5) / (as_long + 1)
    features = pd.DataFrame(columns, index=pd.Index(names, name="user_id"))
    return features[recency <= 30]


def main() -> None:
    is_same = len(sys.argv) < 3 or sys.argv[2] == "same"
    started = time.perf_counter()
    processor = time.process_time()
    frame = pd.read_csv(
        sys.argv[1], engine="pyarrow", parse_dates=["timestamp"], dtype={"user_id": "category", "action": "category"}
    )
    if is_same:
        frame = frame.drop_duplicates()
    read = time.perf_counter()
    frame["day"] = frame["timestamp"].dt.floor("D")
    days = (
        frame.groupby(["user_id", "day", "action"], observed=True)["value"]
        .agg(count="size", value="sum")
        .reset_index()
    )
    rolled_up = time.perf_counter()
    features = same_features(days) if is_same else window_features(days)
    if len(sys.argv) > 3:
        features.to_parquet(sys.argv[3])
    ended = time.perf_counter()
    figures = {
        "stored": read - started,
        "rolledUp": rolled_up - read,
        "features": ended - rolled_up,
        "processor": time.process_time() - processor,
        "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


main()
