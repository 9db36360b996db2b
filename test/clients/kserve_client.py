"""Asks a predictor with KServe's own client: kserve_client.py URL KEY VALUES. Prints what came of each request, a line of JSON each."""

import asyncio
import importlib.util
import json
import sys
from types import ModuleType

import httpx
import numpy

# What `import kserve` brings in beside the client (servers, Kubernetes, gRPC tools, pandas) takes half a gigabyte, and no request
# of the client needs it: so its modules are imported without that of the package, and pandas by its name alone.
package = ModuleType("kserve")
package.__path__ = importlib.util.find_spec("kserve").submodule_search_locations
pandas = ModuleType("pandas")
pandas.DataFrame = type("DataFrame", (), {})
sys.modules.update(kserve=package, pandas=pandas)

from kserve.inference_client import InferenceRESTClient, RESTConfig  # noqa: E402
from kserve.protocol.infer_type import InferInput, InferRequest  # noqa: E402

url, key, values = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
authorized = {"Authorization": f"Bearer {key}"}
v1 = InferenceRESTClient(RESTConfig(protocol="v1"))
v2 = InferenceRESTClient(RESTConfig(protocol="v2"))
instances = {"instances": [values, values]}


async def infer(headers, binary):
    tensor = InferInput("features", [2, len(values)], "FP64")
    tensor.set_data_from_numpy(numpy.array([values, values], dtype=numpy.float64), binary_data=binary)
    response = await v2.infer(url, InferRequest("churn", [tensor]), model_name="churn", headers=dict(headers))
    return next(one.as_numpy().tolist() for one in response.outputs if one.name == "probability")


async def tell(name, answer):
    try:
        print(json.dumps({name: await answer}), flush=True)
    except httpx.HTTPStatusError as error:
        print(json.dumps({name: {"status": error.response.status_code, "message": error.response.text}}), flush=True)


async def main():
    await tell("live", v2.is_server_live(url, headers=authorized))
    await tell("ready", v2.is_server_ready(url, headers=authorized))
    await tell("v1 model ready", v1.is_model_ready(url, "churn", headers=authorized))
    await tell("v2 model ready", v2.is_model_ready(url, "churn", headers=authorized))
    await tell("v1", v1.infer(url, instances, model_name="churn", headers=authorized))
    await tell("v1 explained", v1.explain(url, "churn", instances, headers=authorized))
    await tell("v2 json", infer(authorized, binary=False))
    await tell("v2 binary", infer(authorized, binary=True))
    for name, headers in {"no key": {}, "another key": {"Authorization": "Bearer lapse_another_key"}}.items():
        await tell(f"v1, {name}", v1.infer(url, instances, model_name="churn", headers=headers))
        await tell(f"v1 explained, {name}", v1.explain(url, "churn", instances, headers=headers))
        await tell(f"v2, {name}", infer(headers, binary=False))


asyncio.run(main())
