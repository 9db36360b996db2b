"""The peer of the benchmark: fits with scikit-learn as often as it is asked to.

    python3 peer.py X_FILE Y_FILE FEATURES L2

Reads lines of JSON on standard input, {"solver": ..., "tol": ...}, and answers each with a line: seconds of the fit
alone, weights, intercept and iterations. The first line it writes tells what it runs on.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info


def main():
    x_file, y_file, features, l2 = sys.argv[1:]
    x = np.fromfile(x_file, dtype=np.float64).reshape(-1, int(features))
    y = np.fromfile(y_file, dtype=np.uint8)
    answer(versions())
    for line in sys.stdin:
        answer(fit(x, y, float(l2), **json.loads(line)))


def versions():
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    # threadpoolctl does not see the reference BLAS, which has no threads.
    name, threads = (blas[0]["internal_api"], blas[0]["num_threads"]) if blas else ("reference", 1)
    return {"scikitLearn": sklearn.__version__, "blas": name, "threads": threads}


def fit(x, y, l2, solver, tol):
    model = LogisticRegression(C=1 / l2, solver=solver, tol=tol, max_iter=1000)
    start = time.perf_counter()
    model.fit(x, y)
    return {
        "seconds": time.perf_counter() - start,
        "weights": model.coef_[0].tolist(),
        "intercept": float(model.intercept_[0]),
        "iterations": int(model.n_iter_[0]),
    }


def answer(message):
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
