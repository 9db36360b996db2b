import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "../churn/failure.ts";
import { eventFunction } from "./event-function.ts";
import type { EventHandler } from "./event-handler.ts";
import { readEvent } from "./event-request.ts";
import { type LapseEvent, toBinary, toStructured } from "./events.ts";
import { createLogger } from "./logging.ts";
import { eventMetrics } from "./metrics/events.ts";

const ping: LapseEvent = { id: "1", source: "/ping", type: "dev.knative.sources.ping" };
const follows: LapseEvent = { id: "2", source: "/lapse/train", type: "dev.lapse.model.promoted", data: { auc: 0.84 } };

describe("an event function", () => {
  it("answers with the event that follows, in binary mode", async () => {
    const { call } = functionOf(async () => follows);
    const { status, headers, body } = await call(toBinary(ping));
    expect(status).toBe(200);
    expect(readEvent({ method: "POST", path: "/", headers, body: Buffer.from(body) })).toEqual(follows);
  });

  it("answers 204 without a body when nothing follows", async () => {
    const { call } = functionOf(async () => undefined);
    expect(await call(toStructured(ping))).toEqual({ status: 204, headers: {}, body: "" });
  });

  it("passes the event and the services on", async () => {
    const seen: unknown[] = [];
    const { call } = functionOf(async (event, services) => void seen.push(event, services));
    await call(toBinary(ping));
    expect(seen).toEqual([ping, "services"]);
  });

  it("refuses what is no CloudEvent", async () => {
    const { call } = functionOf(async () => undefined);
    await expect(call({ headers: { "content-type": "application/json" }, body: "{}" })).rejects.toThrow(InvalidInput);
  });

  it("lets failures through, and counts what it handled", async () => {
    const { call, registry } = functionOf(async ({ id }) => {
      if (id === "bad") throw new InvalidInput("no");
      return follows;
    });
    await call(toBinary(ping));
    await expect(call(toBinary({ ...ping, id: "bad", type: "made.up" }))).rejects.toThrow("no");
    const metrics = await registry.metrics();
    const series = (type: string, outcome: string, answer: string) =>
      `lapse_events_handled_total{function="test",type="${type}",outcome="${outcome}",answer="${answer}"} 1`;
    expect(metrics).toContain(series("dev.knative.sources.ping", "success", "dev.lapse.model.promoted"));
    expect(metrics).toContain(series("other", "failure", "none"));
  });
});

function functionOf(handle: EventHandler<string>) {
  const registry = new Registry();
  const log = createLogger({ service: "test", level: "silent" });
  const handler = eventFunction(handle, "services", { name: "test", events: eventMetrics(registry), log });
  const call = ({ headers, body }: { headers: Record<string, string>; body: string }) =>
    handler({ method: "POST", path: "/", headers, body: Buffer.from(body) });
  return { call, registry };
}
