import { describe, expect, it } from "vitest";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { brokerBench, eventOf, exponential, gate, Recorder, routeTo } from "#test/support/broker-bench.ts";
import { settled } from "#test/support/manual-timers.ts";

describe("a failing delivery", () => {
  it("is repeated with exponential backoff until it succeeds", async () => {
    let failures = 2;
    const { broker, worker, deadLetters, timers } = brokerBench(async () => {
      if (failures-- > 0) throw new StoreUnavailable("down");
      return undefined;
    });
    broker.publish(eventOf("1"));
    await timers.advance(10_000);
    expect(worker.times).toEqual([0, 1000, 3000]);
    expect([broker.pending, deadLetters.ids()]).toEqual([0, []]);
  });

  it("is not waited for while it waits for its retry by who waits for all that is under way", async () => {
    const { broker, worker, timers } = brokerBench(async () => Promise.reject(new StoreUnavailable("down")));
    broker.publish(eventOf("1"));
    await broker.settled();
    expect([worker.times, broker.pending]).toEqual([[0], 1]);
    await timers.advance(7000);
    expect(broker.pending).toBe(0);
  });

  it("is repeated with linear backoff, at once the first time", async () => {
    const { broker, worker, timers } = brokerBench(async () => Promise.reject(new StoreUnavailable("down")), {
      delivery: { ...exponential, backoff: "linear" },
    });
    broker.publish(eventOf("1"));
    await timers.advance(10_000);
    expect(worker.times).toEqual([0, 0, 1000, 3000]);
  });

  it("goes to the dead letters after the last retry, with where and how it failed", async () => {
    const { broker, worker, deadLetters, timers } = brokerBench(async () =>
      Promise.reject(new StoreUnavailable("down")),
    );
    broker.publish({ ...eventOf("1"), extensions: { lapsejob: "x" } });
    await timers.advance(7000);
    expect(worker.times).toEqual([0, 1000, 3000, 7000]);
    expect(deadLetters.events).toEqual([
      {
        ...eventOf("1"),
        extensions: {
          lapsejob: "x",
          knativeerrordest: "http://worker.lapse.svc.cluster.local",
          knativeerrorcode: 503,
          knativeerrordata: Buffer.from(
            '{"error":"A store that this service needs is not available now; try again later."}',
          ).toString("base64"),
        },
      },
    ]);
    expect(broker.pending).toBe(0);
  });

  it("that must never be repeated goes to the dead letters at once", async () => {
    const { broker, worker, deadLetters, timers } = brokerBench(async () => Promise.reject(new InvalidInput("poison")));
    broker.publish(eventOf("1"));
    await broker.idle();
    expect([worker.times, deadLetters.ids()]).toEqual([[0], ["1"]]);
    expect(deadLetters.events[0]?.extensions?.knativeerrorcode).toBe(400);
    expect(timers.pending()).toEqual([]);
  });

  it("that is not found is repeated, as Knative does", async () => {
    const { broker, worker, timers } = brokerBench(async () => Promise.reject(new NotFound("not yet")));
    broker.publish(eventOf("1"));
    await timers.advance(60_000);
    expect(worker.times).toHaveLength(4);
  });

  it("of a defect is repeated, and tells the dead letters nothing of it", async () => {
    const { broker, worker, deadLetters, timers } = brokerBench(async () => Promise.reject(new Error("secret")));
    broker.publish(eventOf("1"));
    await timers.advance(60_000);
    expect(worker.times).toHaveLength(4);
    const { knativeerrorcode, knativeerrordata } = deadLetters.events[0]?.extensions ?? {};
    expect(knativeerrorcode).toBe(500);
    expect(Buffer.from(String(knativeerrordata), "base64").toString()).not.toContain("secret");
  });

  it("keeps at most 768 bytes of the answer", async () => {
    const { broker, deadLetters } = brokerBench(async () => Promise.reject(new InvalidInput("x".repeat(5000))));
    broker.publish(eventOf("1"));
    await broker.idle();
    const data = String(deadLetters.events[0]?.extensions?.knativeerrordata);
    expect([data.length, Buffer.from(data, "base64").toString().slice(0, 12)]).toEqual([1024, '{"error":"xx']);
  });

  it("without a dead letter sink is lost, and said to be", async () => {
    const { worker, make, lines } = brokerBench(async () => Promise.reject(new InvalidInput("poison")));
    const broker = make([routeTo(worker, "a")]);
    broker.publish(eventOf("1"));
    await broker.idle();
    expect(lines.at(-1)?.msg).toBe("worker did not take an event, which is lost.");
  });

  it("of the dead letter sink itself is repeated, and does not go in circles", async () => {
    const { timers, worker, make, lines } = brokerBench(async () => Promise.reject(new InvalidInput("poison")));
    const sink = new Recorder("dead-letters", timers, async () => Promise.reject(new StoreUnavailable("full")));
    const broker = make([routeTo(worker, "a", sink)]);
    broker.publish(eventOf("1"));
    await timers.advance(60_000);
    expect(sink.times).toEqual([0, 1000, 3000, 7000]);
    expect([broker.pending, lines.at(-1)?.msg]).toEqual([0, "dead-letters did not take an event, which is lost."]);
  });

  it("ends once even where a Trigger has its subscriber for a dead letter sink", async () => {
    const { worker, make, timers } = brokerBench(async () => Promise.reject(new InvalidInput("poison")));
    const broker = make([routeTo(worker, "a", worker)]);
    broker.publish(eventOf("1"));
    await timers.advance(60_000);
    expect([worker.ids(), broker.pending]).toEqual([["1", "1"], 0]);
  });

  it("that hangs is given up after the timeout and repeated; what it answers later is not heard", async () => {
    const hanging = gate();
    let calls = 0;
    const { broker, worker, deadLetters, timers } = brokerBench(
      async () => {
        calls += 1;
        if (calls > 1) return undefined;
        await hanging.passed;
        return eventOf("late", "a");
      },
      { concurrency: 1 },
    );
    broker.publish(eventOf("1"));
    await timers.advance(29_999);
    expect(worker.times).toEqual([0]);
    await timers.advance(1001);
    expect(worker.times).toEqual([0, 31_000]);
    hanging.open();
    await settled();
    expect([worker.ids(), deadLetters.ids(), broker.pending]).toEqual([["1", "1"], [], 0]);
  });

  it("that only ever hangs goes to the dead letters", async () => {
    const { broker, deadLetters, timers } = brokerBench(() => new Promise(() => {}));
    broker.publish(eventOf("1"));
    await timers.advance(4 * 30_000 + 7000);
    const extensions = deadLetters.events[0]?.extensions;
    expect(extensions?.knativeerrorcode).toBe(503);
    expect(Buffer.from(String(extensions?.knativeerrordata), "base64").toString()).toContain("within 30 s");
  });
});
