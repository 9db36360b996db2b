import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { InvalidInput, TooLittleToLearn } from "#churn/failure.ts";
import { pingType } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { ManualTimers, settled } from "#test/support/manual-timers.ts";
import type { DeliveryManifest } from "./delivery.ts";
import { BadManifests } from "./failures.ts";
import type { Manifests, Trigger } from "./manifests.ts";
import { type Handlers, wire } from "./wiring.ts";

const delivery: DeliveryManifest = { retries: 2, backoff: "exponential", backoffDelay: 1000, timeout: 60_000 };

function trigger(
  name: string,
  attributes: Record<string, string>,
  subscriber: string,
  own?: DeliveryManifest,
): Trigger {
  return { name, broker: "default", filter: { attributes, expressions: [] }, subscriber, delivery: own };
}

function manifestsOf(changes: Partial<Manifests> = {}): Manifests {
  return {
    namespace: "lapse",
    broker: { name: "default", delivery: { ...delivery, deadLetterSink: "dead-letters" } },
    services: ["worker", "other", "dead-letters"].map((name) => ({ name, containerConcurrency: 0 })),
    pingSources: [],
    triggers: [trigger("work", { type: "a" }, "worker", delivery)],
    ...changes,
  };
}

function setUp(manifests: Manifests, handlers: Handlers) {
  const timers = new ManualTimers(Date.parse("2026-03-01T00:00:00Z"));
  return { timers, ...wire(manifests, handlers, { timers, newId: () => "1", logger: pino({ level: "silent" }) }) };
}

/** A handler that notes the types of what it is sent. */
function noting(notes: string[]): Handlers[string] {
  return async ({ type }: LapseEvent) => {
    notes.push(type);
    return undefined;
  };
}

const idle = async () => undefined;
const refusing = async () => Promise.reject(new InvalidInput("no"));

describe("wiring", () => {
  it("takes a PingSource's event through its Trigger to the handler named like the Service", async () => {
    const jobs: unknown[] = [];
    const ping = { schedule: "0 1 * * *", timezone: "UTC", data: {}, broker: "default" };
    const manifests = manifestsOf({
      pingSources: [
        { ...ping, name: "x", extensions: { lapsejob: "x" } },
        { ...ping, name: "y", extensions: { lapsejob: "y" } },
      ],
      triggers: [trigger("x-only", { type: pingType, lapsejob: "x" }, "worker")],
    });
    const worker: Handlers[string] = async ({ extensions }) => void jobs.push(extensions?.lapsejob);
    const { timers, schedule } = setUp(manifests, { worker, "dead-letters": idle });
    await timers.advance(3_600_000);
    expect(jobs).toEqual(["x"]);
    schedule.due("x");
    schedule.due("y");
    await settled();
    expect(jobs).toEqual(["x", "x"]);
  });

  it("leaves events without their own dead letter sink to the Broker's", async () => {
    const kept: string[] = [];
    const { broker } = setUp(manifestsOf(), { worker: refusing, "dead-letters": noting(kept) });
    broker.publish({ id: "1", source: "/test", type: "a" });
    await broker.idle();
    expect(kept).toEqual(["a"]);
  });

  it("takes an event for delivered where the log holds too little to learn from", async () => {
    const kept: string[] = [];
    const worker = async () => Promise.reject(new TooLittleToLearn("The log is too short."));
    const { broker } = setUp(manifestsOf(), { worker, "dead-letters": noting(kept) });
    broker.publish({ id: "1", source: "/test", type: "a" });
    await broker.idle();
    expect(kept).toEqual([]);
  });

  it("prefers a Trigger's own dead letter sink", async () => {
    const kept: string[] = [];
    const manifests = manifestsOf({
      triggers: [trigger("work", { type: "a" }, "worker", { ...delivery, deadLetterSink: "other" })],
    });
    const { broker } = setUp(manifests, { worker: refusing, other: noting(kept), "dead-letters": idle });
    broker.publish({ id: "1", source: "/test", type: "a" });
    await broker.idle();
    expect(kept).toEqual(["a"]);
  });

  it("takes the Broker's delivery for a Trigger without one", async () => {
    let calls = 0;
    const { broker, timers } = setUp(manifestsOf({ triggers: [trigger("work", { type: "a" }, "worker")] }), {
      worker: async () => Promise.reject(new Error(`${++calls}`)),
      "dead-letters": idle,
    });
    broker.publish({ id: "1", source: "/test", type: "a" });
    await timers.advance(60_000);
    expect(calls).toBe(3);
  });

  it("keeps a Service to its containerConcurrency over all its Triggers", async () => {
    let running = 0;
    const manifests = manifestsOf({
      services: [
        { name: "worker", containerConcurrency: 1 },
        { name: "dead-letters", containerConcurrency: 0 },
      ],
      triggers: [trigger("one", { type: "a" }, "worker"), trigger("two", { type: "a" }, "worker")],
    });
    const worker: Handlers[string] = () => new Promise(() => running++);
    const { broker } = setUp(manifests, { worker, "dead-letters": idle });
    broker.publish({ id: "1", source: "/test", type: "a" });
    await settled();
    expect([running, broker.pending]).toEqual([1, 2]);
  });

  it("needs no handler for a Service that nothing is sent to", () => {
    expect(() => setUp(manifestsOf(), { worker: idle, "dead-letters": idle })).not.toThrow();
  });

  it.each<[string, Partial<Manifests>, string]>([
    [
      "a subscriber without a handler",
      { triggers: [trigger("t", {}, "other")] },
      "Trigger t sends to Service other, which has no handler",
    ],
    [
      "a subscriber that is no Service",
      { triggers: [trigger("t", {}, "ghost")] },
      "Trigger t sends to Service ghost, which is not there",
    ],
    [
      "a dead letter sink without a handler",
      { triggers: [trigger("t", {}, "worker", { ...delivery, deadLetterSink: "other" })] },
      "Trigger t has its dead letters sent to Service other, which has no handler",
    ],
    [
      "a Trigger of another Broker",
      { triggers: [{ ...trigger("t", {}, "worker"), broker: "b" }] },
      "Trigger t belongs to Broker b, which is not there",
    ],
    [
      "a PingSource of another Broker",
      { pingSources: [{ name: "p", schedule: "* * * * *", timezone: "UTC", data: {}, extensions: {}, broker: "b" }] },
      "PingSource p sends to Broker b, which is not there",
    ],
    [
      "no delivery anywhere",
      { broker: { name: "default" }, triggers: [trigger("t", {}, "worker")] },
      "Trigger t has no delivery settings",
    ],
  ])("refuses %s", (_, changes, message) => {
    expect(() => setUp(manifestsOf(changes), { worker: idle, "dead-letters": idle })).toThrow(message);
  });

  it("names every fault together", () => {
    const triggers = [trigger("one", {}, "other"), trigger("two", {}, "ghost")];
    expect(() => setUp(manifestsOf({ triggers }), { worker: idle, "dead-letters": idle })).toThrow(/one.*two/);
    expect(() => setUp(manifestsOf({ triggers }), { worker: idle, "dead-letters": idle })).toThrow(BadManifests);
  });
});
