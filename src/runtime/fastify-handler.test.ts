import { gzipSync } from "node:zlib";
import fastify, { type InjectOptions } from "fastify";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { mountHandler } from "./fastify-handler.ts";
import { empty, type HttpHandler, json } from "./http.ts";
import { createLogger } from "./logging.ts";
import { requestMetrics } from "./metrics/requests.ts";

const echo: HttpHandler = async ({ path, headers, body }) =>
  json(200, { path, type: headers["content-type"], body: body.toString() });

describe("a handler mounted on Fastify", () => {
  it.each(["application/json", "application/x-ndjson", "application/cloudevents+json; charset=utf-8"])(
    "gets bodies of type %s as they are",
    async (type) => {
      const answer = await post(echo, { headers: { "content-type": type }, payload: "{not json" });
      expect(answer.json()).toEqual({ path: "/events", type, body: "{not json" });
    },
  );

  it("gets no body where there is none, and answers without one", async () => {
    const answer = await post(async ({ body }) => empty(body.length === 0 ? 204 : 400), {});
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
  });

  it("decompresses, within the limit", async () => {
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    expect((await post(echo, { headers, payload: gzipSync("hi") })).json()).toMatchObject({ body: "hi" });
    expect((await post(echo, { headers, payload: gzipSync("x".repeat(101)) })).statusCode).toBe(413);
  });

  it("refuses a large body and another method in JSON", async () => {
    const large = await post(echo, { headers: { "content-type": "text/plain" }, payload: "x".repeat(101) });
    expect([large.statusCode, large.json().error]).toEqual([
      413,
      "The body is larger than 100 bytes; send it in parts.",
    ]);
    const get = await post(echo, { method: "GET" });
    expect([get.statusCode, get.headers.allow]).toEqual([405, "POST"]);
  });

  it("maps failures, and hides defects", async () => {
    const refused = await post(() => Promise.reject(new InvalidInput("id is required.")), {});
    expect([refused.statusCode, refused.json()]).toEqual([400, { error: "id is required." }]);
    const defect = await post(() => Promise.reject(new Error("secret")), {});
    expect(defect.statusCode).toBe(500);
    expect(defect.body).not.toContain("secret");
  });

  it("counts requests by route, and leaves the server's other routes alone", async () => {
    const metrics = new Registry();
    const app = server(echo, metrics);
    app.post("/json", async ({ body }) => body);
    await app.inject({ method: "POST", url: "/events?x=1" });
    expect((await app.inject({ method: "POST", url: "/json", payload: { a: 1 } })).json()).toEqual({ a: 1 });
    expect(await metrics.metrics()).toContain('lapse_requests_total{function="test",route="/events",status="200"} 1');
  });
});

function server(handle: HttpHandler, metrics = new Registry()) {
  const app = fastify();
  const logger = createLogger({ service: "test", level: "silent" });
  const requests = requestMetrics(metrics);
  mountHandler(app, { name: "test", path: "/events", handle, bodyLimit: 100, requests, logger });
  return app;
}

function post(handle: HttpHandler, options: InjectOptions) {
  return server(handle).inject({ method: "POST", url: "/events", ...options });
}
