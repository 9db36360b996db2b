import { afterEach, describe, expect, it } from "vitest";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";

const started: ExamplePredictor[] = [];

async function start(): Promise<ExamplePredictor> {
  const predictor = await startExamplePredictor();
  started.push(predictor);
  return predictor;
}

afterEach(async () => {
  for (const predictor of started.splice(0)) await predictor.close();
});

async function ask(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, allow: response.headers.get("allow"), body: await response.json() };
}

describe("the predictor's routes", () => {
  it("answers what it does not have with JSON", async () => {
    const { get, post } = await start();
    for (const path of [
      "/v1",
      "/v1/models/other",
      "/v1/models/churn:forget",
      "/v2/models/other",
      "/v2/repository/index",
    ]) {
      expect(await get(path), path).toMatchObject({ status: 404, body: { error: expect.stringContaining(path) } });
    }
    expect(await post("/v1/models/other:predict", { instances: [] })).toMatchObject({ status: 404 });
  });

  it("names the methods that a path takes", async () => {
    const { url } = await start();
    const predict = await ask(`${url}/v1/models/churn:predict`, { method: "GET" });
    expect(predict).toMatchObject({
      status: 405,
      allow: "POST",
      body: { error: expect.stringContaining("takes POST") },
    });
    const put = await ask(`${url}/v2/models/churn/infer`, {
      method: "PUT",
      body: "<x/>",
      headers: { "content-type": "text/xml" },
    });
    expect(put).toMatchObject({ status: 405, allow: "POST" });
    expect(await ask(`${url}/v1/models`, { method: "DELETE" })).toMatchObject({ status: 405, allow: "GET, HEAD" });
  });

  it("refuses what is not JSON, and what is too long", async () => {
    const { url, promote } = await start();
    await promote("v1");
    const form = await ask(`${url}/v1/models/churn:predict`, { method: "POST", body: new URLSearchParams("a=1") });
    expect(form).toMatchObject({ status: 415, body: { error: expect.stringContaining("application/json") } });
    const body = JSON.stringify({ instances: [" ".repeat(5 * 1024 * 1024)] });
    const long = await ask(`${url}/v1/models/churn:predict`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(long).toMatchObject({ status: 413, body: { error: expect.stringContaining("4194304 bytes") } });
  });

  it("tells the caller nothing of a defect, and the log everything", async () => {
    const { get, services, logged, promote } = await start();
    await promote("v1");
    services.cache.acquire = async () => {
      throw new TypeError("secret");
    };
    const answer = await get("/v2/models/churn/versions/v1/ready");
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain("secret");
    expect(logged.join()).toContain("secret");
  });

  it("counts requests by the pattern of their path", async () => {
    const { get, post, promote, metrics } = await start();
    await promote("v1");
    await get("/v2/models/churn/versions/v9");
    await post("/v1/models/churn:predict", { instances: [] });
    const counted = await metrics.getSingleMetricAsString("lapse_requests_total");
    expect(counted).toContain('route="/v2/models/churn/versions/:version",status="404"} 1');
    expect(counted).toContain('route="/v1/models/churn:predict",status="200"} 1');
  });
});
