"""Asks a predictor with Triton's own client: triton.py HOST:PORT KEY VALUES. Prints what came of each request, a line of JSON each."""

import json
import sys

import numpy
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, key, values = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
client = triton.InferenceServerClient(address)
matrix = numpy.array([values, values], dtype=numpy.float64)


def infer(headers, binary):
    tensor = triton.InferInput("features", matrix.shape, "FP64")
    tensor.set_data_from_numpy(matrix, binary_data=binary)
    outputs = [triton.InferRequestedOutput("probability", binary_data=False)]
    return client.infer("churn", [tensor], outputs=outputs, headers=headers).as_numpy("probability").tolist()


def tell(name, ask):
    try:
        print(json.dumps({name: ask()}), flush=True)
    except InferenceServerException as error:
        print(json.dumps({name: {"status": error.status(), "message": error.message()}}), flush=True)


authorized = {"Authorization": f"Bearer {key}"}
tell("live", lambda: client.is_server_live(headers=authorized))
tell("ready", lambda: client.is_model_ready("churn", headers=authorized))
tell("metadata", lambda: client.get_model_metadata("churn", headers=authorized)["name"])
tell("json", lambda: infer(authorized, binary=False))
tell("binary", lambda: infer(authorized, binary=True))
tell("no key", lambda: infer({}, binary=False))
tell("another key", lambda: infer({"Authorization": "Bearer lapse_another_key"}, binary=True))
