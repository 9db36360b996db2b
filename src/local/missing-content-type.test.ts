import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleManifest, vectorAway } from "#test/support/example-model.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

// KServe's batcher and Triton's client send none.

let local: LocalLapse;

beforeAll(async () => {
  local = await startLocalLapse();
});

afterAll(() => local.close());

/** Sends exactly these headers, as no client adds its own. */
async function post(path: string, body: string): Promise<{ status: number; body: unknown }> {
  const { hostname, port, host } = new URL(local.url);
  const socket = connect(Number(port), hostname);
  const headers = [`Host: ${host}`, `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close"];
  socket.write([`POST ${path} HTTP/1.1`, ...headers, "", body].join("\r\n"));
  const [head = "", answer = ""] = (await text(socket)).split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: JSON.parse(answer) };
}

describe("a body without a content type is JSON", () => {
  it("for ingest", async () => {
    const action = (user_id: string) => ({ user_id, action: "login", timestamp: new Date().toISOString() });
    expect(await post("/events", JSON.stringify(action("ann")))).toMatchObject({ status: 200, body: { created: 1 } });
    const batch = await post("/events", JSON.stringify([action("ben"), action("cem")]));
    expect(batch).toMatchObject({ status: 200, body: { accepted: 2, created: 2 } });
    expect(await post("/events", "user_id=ann")).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it("for the predictor, by V1 and V2", async () => {
    const vector = vectorAway(exampleManifest(), 30);
    const [v1, v2] = ["/v1/models/churn:predict", "/v2/models/churn/infer"];
    const predicted = await post(v1, JSON.stringify({ instances: [vector] }));
    expect(predicted).toMatchObject({ status: 200, body: { predictions: [{ probability: expect.any(Number) }] } });
    const explained = await post("/v1/models/churn:explain", JSON.stringify({ instances: [vector] }));
    expect(explained).toMatchObject({ status: 200, body: { explanations: [{ reasons: expect.any(Array) }] } });
    const input = { name: "features", datatype: "FP64", shape: [1, vector.length], data: vector };
    const inferred = await post(v2, JSON.stringify({ inputs: [input] }));
    expect(inferred).toMatchObject({ status: 200, body: { model_name: "churn" } });
  });
});
