"""The same work as a pandas script that keeps nothing: python3 bench/import/pandas_peer.py FILE. Prints JSON."""

import json
import resource
import sys
import time

import pandas as pd

started = time.perf_counter()
frame = pd.read_csv(
    sys.argv[1], engine="pyarrow", parse_dates=["timestamp"], dtype={"user_id": "category", "action": "category"}
)
read = time.perf_counter()
frame["day"] = frame["timestamp"].dt.floor("D")
days = (
    frame.groupby(["user_id", "day", "action"], observed=True)["value"]
    .agg(count="size", value="sum")
    .reset_index()
)
rolled_up = time.perf_counter()
end = pd.Timestamp("2024-01-01", tz=days["day"].dt.tz)
age = (end - days["day"]).dt.days
features = days.groupby("user_id", observed=True)["day"].agg(last="max", first="min")
for window in [3, 10, 30, 60, 120]:
    within = days[age <= window]
    users = within.groupby("user_id", observed=True)
    features[f"actions_{window}"] = users["count"].sum()
    features[f"value_{window}"] = users["value"].sum()
    features[f"days_{window}"] = users["day"].nunique()
    for action in ["login", "search", "purchase"]:
        of_action = within[within["action"] == action].groupby("user_id", observed=True)
        features[f"{action}_{window}"] = of_action["count"].sum()
features = features.fillna(0)
ended = time.perf_counter()
print(
    json.dumps(
        {
            "stored": read - started,
            "rolledUp": rolled_up - read,
            "features": ended - rolled_up,
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
