import { afterEach, describe, expect, it } from "vitest";
import { StoreUnavailable } from "#stores/failures.ts";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";

let predictor: ExamplePredictor | undefined;
afterEach(() => predictor?.close());

const features = { get: () => Promise.reject(new StoreUnavailable("Could not read features: nobody there.")) };
const byId = { instances: [{ user_id: "eve" }] };

describe("answers of the predictor", () => {
  it("tell the request's id: the caller's, or one of its own", async () => {
    predictor = await startExamplePredictor();
    const idOf = async (path: string, headers = {}) =>
      (await fetch(`${predictor?.url}${path}`, { headers })).headers.get("x-request-id");
    expect(await idOf("/v1/models", { "x-request-id": "r-1" })).toBe("r-1");
    const made = [await idOf("/v1/models"), await idOf("/v2/nowhere"), await idOf("/v1/models/churn:predict")];
    expect(made.join()).toMatch(/^[0-9a-f-]{36}(,[0-9a-f-]{36}){2}$/);
    expect(new Set(made).size).toBe(3);
  });

  it("are joined by it to the entry of what went wrong, which is counted as the store's", async () => {
    predictor = await startExamplePredictor({ features });
    await predictor.promote("v1");
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const answer = await fetch(`${predictor.url}/v1/models/churn:predict`, {
      method: "POST",
      headers: { "content-type": "application/json", traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      body: JSON.stringify(byId),
    });
    expect(answer.status).toBe(503);
    const failed = predictor.logged.map((line) => JSON.parse(line)).filter((entry) => "error" in entry);
    expect(failed).toMatchObject([
      { "http.request.id": answer.headers.get("x-request-id"), "trace.id": traceId, "log.level": "error" },
    ]);
    expect(failed[0]["span.id"]).not.toBe("b7ad6b7169203331");
    expect(await predictor.metrics.metrics()).toContain(
      'lapse_store_errors_total{function="predict",failure="StoreUnavailable"} 1',
    );
  });

  it("leave no entry at level info when all went well", async () => {
    predictor = await startExamplePredictor();
    await predictor.promote("v1");
    const before = predictor.logged.length;
    expect((await predictor.post("/v1/models/churn:predict", byId)).status).toBe(200);
    expect(predictor.logged.length).toBe(before);
  });
});
