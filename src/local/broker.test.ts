import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "#stores/failures.ts";
import { brokerBench, eventOf, gate, Recorder, routeTo } from "#test/support/broker-bench.ts";
import { settled } from "#test/support/manual-timers.ts";
import { BrokerFull } from "./failures.ts";

describe("a published event", () => {
  it("reaches every Trigger that takes it, and no other", async () => {
    const { timers, worker, deadLetters, make } = brokerBench();
    const second = new Recorder("second", timers);
    const other = new Recorder("other", timers);
    const broker = make([routeTo(worker, "a"), routeTo(second, "a"), routeTo(other, "b", deadLetters)]);
    broker.publish(eventOf("1"));
    await broker.idle();
    expect([worker.ids(), second.ids(), other.ids()]).toEqual([["1"], ["1"], []]);
  });

  it("is handled after publish has returned", async () => {
    const { broker, worker } = brokerBench();
    broker.publish(eventOf("1"));
    expect([broker.pending, worker.ids()]).toEqual([1, []]);
    await broker.idle();
    expect([broker.pending, worker.ids()]).toEqual([0, ["1"]]);
  });

  it("that no Trigger takes is accepted, noted and forgotten", async () => {
    const { broker, worker, deadLetters, lines } = brokerBench();
    broker.publish(eventOf("1", "unheard.of"));
    await broker.idle();
    expect([worker.ids(), deadLetters.ids()]).toEqual([[], []]);
    expect(lines.map(({ msg }) => msg)).toEqual(["No Trigger takes this event."]);
  });

  it("that fails at one Trigger is not repeated at the others", async () => {
    const { timers, worker, make } = brokerBench(async () => Promise.reject(new StoreUnavailable("down")));
    const second = new Recorder("second", timers);
    const broker = make([routeTo(worker, "a"), routeTo(second, "a")]);
    broker.publish(eventOf("1"));
    await timers.advance(60_000);
    expect([worker.ids().length, second.ids().length]).toEqual([4, 1]);
  });
});

describe("a reply", () => {
  it("is published again, through chains", async () => {
    const { timers, make, deadLetters } = brokerBench();
    const first = new Recorder("first", timers, async () => eventOf("2", "b"));
    const second = new Recorder("second", timers, async () => eventOf("3", "c"));
    const third = new Recorder("third", timers);
    const broker = make([routeTo(first, "a", deadLetters), routeTo(second, "b", deadLetters), routeTo(third, "c")]);
    broker.publish(eventOf("1"));
    await broker.idle();
    expect([first.ids(), second.ids(), third.ids()]).toEqual([["1"], ["2"], ["3"]]);
  });

  it("that goes in circles ends after 255 hops", async () => {
    const { broker, worker, lines } = brokerBench(async (event) => event);
    broker.publish(eventOf("1"));
    await broker.idle();
    expect(worker.events).toHaveLength(256);
    expect(lines.at(-1)?.msg).toBe("Dropped a reply that goes round in circles.");
  });

  it("that the full broker refuses makes its event come again", async () => {
    const { timers, make } = brokerBench(undefined, { capacity: 1 });
    const first = new Recorder("first", timers, async () => eventOf("2", "b"));
    const second = new Recorder("second", timers);
    const third = new Recorder("third", timers);
    const broker = make([routeTo(first, "a"), routeTo(second, "b"), routeTo(third, "b")]);
    broker.publish(eventOf("1"));
    await timers.advance(60_000);
    expect([first.times, second.ids(), third.ids()]).toEqual([[0, 1000, 3000, 7000], [], []]);
  });

  it("takes the place of its event in a full broker", async () => {
    const { timers, make } = brokerBench(undefined, { capacity: 1 });
    const first = new Recorder("first", timers, async () => eventOf("2", "b"));
    const second = new Recorder("second", timers);
    const broker = make([routeTo(first, "a"), routeTo(second, "b")]);
    broker.publish(eventOf("1"));
    await broker.idle();
    expect([first.times, second.ids()]).toEqual([[0], ["2"]]);
  });
});

describe("the broker's limits", () => {
  it("keep a Service to its concurrency, in the order of arrival", async () => {
    const gates = [gate(), gate(), gate()];
    let running = 0;
    let most = 0;
    const { broker, worker } = brokerBench(
      async ({ id }) => {
        most = Math.max(most, ++running);
        await gates[Number(id)]?.passed;
        running--;
        return undefined;
      },
      { concurrency: 2 },
    );
    for (const id of ["0", "1", "2"]) broker.publish(eventOf(id));
    await settled();
    expect(worker.ids()).toEqual(["0", "1"]);
    gates[1]?.open();
    await settled();
    expect(worker.ids()).toEqual(["0", "1", "2"]);
    gates[0]?.open();
    gates[2]?.open();
    await broker.idle();
    expect(most).toBe(2);
  });

  it("do not let a retry that waits hold up the others", async () => {
    const { broker, worker, timers } = brokerBench(
      async ({ id }) => (id === "bad" ? Promise.reject(new StoreUnavailable("down")) : undefined),
      { concurrency: 1 },
    );
    broker.publish(eventOf("bad"));
    broker.publish(eventOf("good"));
    await settled();
    expect([worker.ids(), timers.pending()]).toEqual([["bad", "good"], [1000]]);
  });

  it("refuse an event for all its Triggers when one does not fit, and take it later", async () => {
    const { passed, open } = gate();
    const { timers, make, worker } = brokerBench(() => passed, { capacity: 3 });
    const second = new Recorder("second", timers, () => passed);
    const broker = make([routeTo(worker, "a"), routeTo(second, "a")]);
    broker.publish(eventOf("1"));
    expect(() => broker.publish(eventOf("2"))).toThrow(BrokerFull);
    expect(broker.pending).toBe(2);
    open();
    await broker.idle();
    broker.publish(eventOf("3"));
    await broker.idle();
    expect([worker.ids(), second.ids()]).toEqual([
      ["1", "3"],
      ["1", "3"],
    ]);
  });

  it("are not idle while a retry waits", async () => {
    let down = true;
    const { broker, timers } = brokerBench(async () =>
      down ? Promise.reject(new StoreUnavailable("down")) : undefined,
    );
    broker.publish(eventOf("1"));
    let idle = false;
    const waiting = broker.idle().then(() => {
      idle = true;
    });
    await timers.advance(999);
    expect(idle).toBe(false);
    down = false;
    await timers.advance(1);
    await waiting;
    expect(idle).toBe(true);
  });
});
