"""The peer of the benchmark: a scikit-learn model behind FastAPI, as one would write it by hand.

    /usr/bin/python3 -m uvicorn fastapi_peer:app --host 127.0.0.1 --port PORT

Debian 12: apt-get -y install python3-sklearn python3-fastapi uvicorn python3-uvloop python3-httptools
FEATURES is the number of features. With USERS=n it predicts by the id of one of n users, user-0 and so on, whose vectors are
in a dictionary of this process: what a Redis beside it would hold, without the way there. Scaling and logistic regression in one pipeline, fitted on random numbers: what a
prediction costs does not depend on them. The endpoint is `async`, because a plain one would go through a thread pool
and be slower, and uvicorn runs on uvloop and httptools, its fastest.
"""

import os
from typing import Dict, List

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def fitted(features):
    random = np.random.default_rng(1)
    x = random.normal(size=(2000, features))
    y = random.random(2000) < 1 / (1 + np.exp(-x[:, 0]))
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)


def risk_of(probability):
    if probability >= 0.5:
        return "high"
    return "medium" if probability >= 0.25 else "low"


def told(vectors):
    probabilities = model.predict_proba(np.asarray(vectors))[:, 1]
    return {
        "predictions": [
            {"probability": float(p), "risk": risk_of(p), "model_version": "peer"} for p in probabilities
        ]
    }


class Vectors(BaseModel):
    instances: List[List[float]]


class User(BaseModel):
    user_id: str


class Users(BaseModel):
    instances: List[User]


features = int(os.environ["FEATURES"])
app = FastAPI()
model = fitted(features)

if "USERS" in os.environ:
    values = np.random.default_rng(2).normal(size=(int(os.environ["USERS"]), features))
    stored: Dict[str, np.ndarray] = {f"user-{user}": row for user, row in enumerate(values)}

    @app.post("/v1/models/churn:predict")
    async def predict_users(request: Users):
        return told([stored[user.user_id] for user in request.instances])

else:

    @app.post("/v1/models/churn:predict")
    async def predict_vectors(request: Vectors):
        return told(request.instances)
