import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "#stores/failures.ts";
import { brokerBench, eventOf, gate, Recorder, routeTo } from "#test/support/broker-bench.ts";
import { settled } from "#test/support/manual-timers.ts";
import { BrokerClosed } from "./failures.ts";

describe("closing the broker", () => {
  it("refuses new events, and lets running and queued ones and their replies finish", async () => {
    const { passed, open } = gate();
    const { timers, make, deadLetters } = brokerBench();
    const second = new Recorder("second", timers);
    const first = new Recorder("first", timers, ({ id }) => passed.then(() => eventOf(`${id}'`, "b")), 1);
    const broker = make([routeTo(first, "a", deadLetters), routeTo(second, "b", deadLetters)]);
    broker.publish(eventOf("1"));
    broker.publish(eventOf("2"));
    const closed = broker.close(5000);
    expect(() => broker.publish(eventOf("3"))).toThrow(BrokerClosed);
    open();
    await closed;
    expect([first.ids(), second.ids(), deadLetters.ids()]).toEqual([["1", "2"], ["1'", "2'"], []]);
    expect(timers.pending()).toEqual([]);
  });

  it("keeps what waits for a retry in the dead letters, at once", async () => {
    const { broker, worker, deadLetters, timers } = brokerBench(async () =>
      Promise.reject(new StoreUnavailable("down")),
    );
    broker.publish(eventOf("1"));
    await settled();
    await broker.close(5000);
    await timers.advance(60_000);
    expect([worker.times, deadLetters.ids(), deadLetters.times]).toEqual([[0], ["1"], [0]]);
  });

  it("does not repeat what fails meanwhile", async () => {
    const { passed, open } = gate();
    const { broker, worker, deadLetters } = brokerBench(() =>
      passed.then(() => Promise.reject(new StoreUnavailable("down"))),
    );
    broker.publish(eventOf("1"));
    const closed = broker.close(5000);
    open();
    await closed;
    expect([worker.times, deadLetters.ids()]).toEqual([[0], ["1"]]);
  });

  it("keeps what hangs or is still queued after the grace in the dead letters, once", async () => {
    const { passed, open } = gate();
    const { broker, worker, deadLetters, timers } = brokerBench(async () => passed, { concurrency: 1 });
    broker.publish(eventOf("running"));
    broker.publish(eventOf("queued"));
    const closed = broker.close(5000);
    await timers.advance(4999);
    expect(deadLetters.ids()).toEqual([]);
    await timers.advance(1);
    await closed;
    expect([deadLetters.ids(), deadLetters.times]).toEqual([
      ["running", "queued"],
      [5000, 5000],
    ]);
    open();
    await timers.advance(60_000);
    expect([worker.ids(), deadLetters.ids().length]).toEqual([["running"], 2]);
  });

  it("hears nothing more of what it has given up", async () => {
    const { passed, open } = gate();
    const { timers, make, deadLetters } = brokerBench();
    const replying = new Recorder("replying", timers, () => passed.then(() => eventOf("2", "b")));
    const failing = new Recorder("failing", timers, () => passed.then(() => Promise.reject(new Error("late"))));
    const second = new Recorder("second", timers);
    const broker = make([
      routeTo(replying, "a", deadLetters),
      routeTo(failing, "a", deadLetters),
      routeTo(second, "b", deadLetters),
    ]);
    broker.publish(eventOf("1"));
    const closed = broker.close(5000);
    await timers.advance(5000);
    await closed;
    open();
    await timers.advance(60_000);
    expect([deadLetters.ids(), second.ids(), broker.pending]).toEqual([["1", "1"], [], 0]);
  });

  it("lets a slow dead letter sink finish within twice the grace", async () => {
    const { timers, make, worker, lines } = brokerBench(async () => Promise.reject(new StoreUnavailable("down")));
    const sink = new Recorder(
      "dead-letters",
      timers,
      () => new Promise((resolve) => timers.after(7000, () => resolve(undefined))),
    );
    const broker = make([routeTo(worker, "a", sink)]);
    broker.publish(eventOf("1"));
    await settled();
    const closed = broker.close(5000);
    await timers.advance(7000);
    await closed;
    expect(sink.times).toEqual([0]);
    expect(lines.at(-1)?.msg).toBe("worker did not take an event, which goes to dead-letters.");
  });

  it("ends after twice the grace even if the dead letter sink hangs", async () => {
    const { timers, make, worker, lines } = brokerBench(() => new Promise(() => {}));
    const sink = new Recorder("dead-letters", timers, () => new Promise(() => {}));
    const broker = make([routeTo(worker, "a", sink)]);
    broker.publish(eventOf("1"));
    let closed = false;
    void broker.close(5000).then(() => {
      closed = true;
    });
    await timers.advance(9999);
    expect(closed).toBe(false);
    await timers.advance(1);
    await settled();
    expect([closed, broker.pending, lines.at(-1)?.msg]).toEqual([
      true,
      0,
      "dead-letters did not take an event, which is lost.",
    ]);
  });

  it("of an idle broker is at once", async () => {
    const { broker, timers } = brokerBench();
    await broker.close(5000);
    expect(timers.pending()).toEqual([]);
  });
});
