import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { NotFound } from "#churn/failure.ts";
import { pingType } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { ManualTimers } from "#test/support/manual-timers.ts";
import { BadManifests, BrokerFull } from "./failures.ts";
import type { PingSource } from "./manifests.ts";
import { Schedule } from "./schedule.ts";

const hour = 3_600_000;

const nightly: PingSource = {
  name: "train",
  schedule: "30 2 * * *",
  timezone: "UTC",
  data: { full: true },
  extensions: { lapsejob: "train" },
  broker: "default",
};

function setUp(pingSources: PingSource[], start: string, publish?: (event: LapseEvent) => void) {
  const timers = new ManualTimers(Date.parse(start));
  const sent: LapseEvent[] = [];
  const lines: string[] = [];
  let id = 0;
  const schedule = new Schedule({
    namespace: "lapse",
    pingSources,
    publish: publish ?? ((event) => sent.push(event)),
    newId: () => `ping-${++id}`,
    timers,
    logger: pino({}, { write: (line: string) => lines.push(JSON.parse(line).msg) }),
  });
  return { timers, sent, lines, schedule, times: () => sent.map(({ time }) => time) };
}

describe("the schedule", () => {
  it("sends the event that Knative's PingSource sends", async () => {
    const { timers, sent } = setUp([nightly], "2026-03-01T02:29:59.500Z");
    await timers.advance(500);
    expect(sent).toEqual([
      {
        id: "ping-1",
        source: "/apis/v1/namespaces/lapse/pingsources/train",
        type: pingType,
        time: "2026-03-01T02:30:00.000Z",
        data: { full: true },
        extensions: { lapsejob: "train" },
      },
    ]);
  });

  it("sends nothing before its time, and each event once, with an id of its own", async () => {
    const { timers, sent, times } = setUp([nightly], "2026-03-01T02:30:00.000Z");
    await timers.advance(24 * hour - 1);
    expect(sent).toEqual([]);
    await timers.advance(24 * hour + 1);
    expect(times()).toEqual(["2026-03-02T02:30:00.000Z", "2026-03-03T02:30:00.000Z"]);
    expect(sent.map(({ id }) => id)).toEqual(["ping-1", "ping-2"]);
  });

  it("keeps each PingSource's own times", async () => {
    const hourly = { ...nightly, name: "features", schedule: "15 * * * *" };
    const { timers, sent } = setUp([nightly, hourly], "2026-03-01T01:00:00.000Z");
    await timers.advance(2 * hour);
    expect(sent.map(({ source, time }) => `${source.split("/").at(-1)} ${time?.slice(11, 16)}`)).toEqual([
      "features 01:15",
      "features 02:15",
      "train 02:30",
    ]);
  });

  it("goes by the time zone, across a change of the clocks", async () => {
    const { timers, times } = setUp(
      [{ ...nightly, schedule: "0 6 * * *", timezone: "Europe/Berlin" }],
      "2026-03-27T12:00:00Z",
    );
    await timers.advance(72 * hour);
    expect(times()).toEqual(["2026-03-28T05:00:00.000Z", "2026-03-29T04:00:00.000Z", "2026-03-30T04:00:00.000Z"]);
  });

  it("makes up for runs that the machine slept through with a single one, within a minute of waking", async () => {
    const { timers, times } = setUp([nightly], "2026-03-01T00:00:00.000Z");
    timers.sleep(60 * hour);
    await timers.advance(60_000);
    expect(times()).toEqual(["2026-03-03T12:01:00.000Z"]);
    await timers.advance(24 * hour);
    expect(times()).toEqual(["2026-03-03T12:01:00.000Z", "2026-03-04T02:30:00.000Z"]);
  });

  it("goes on after a run that the broker refused, and says so", async () => {
    const taken: LapseEvent[] = [];
    let full = true;
    const { timers, lines } = setUp([nightly], "2026-03-01T00:00:00.000Z", (event) => {
      if (full) throw new BrokerFull("The broker is full.");
      taken.push(event);
    });
    await timers.advance(24 * hour);
    expect(lines).toEqual(["Missed a run of PingSource train: the broker did not take it."]);
    full = false;
    await timers.advance(24 * hour);
    expect(taken.map(({ time }) => time)).toEqual(["2026-03-02T02:30:00.000Z"]);
  });

  it("sends an event at once when asked by name, and keeps to its times", async () => {
    const { timers, sent, schedule, times } = setUp([nightly], "2026-03-01T01:00:00.000Z");
    expect(schedule.due("train")).toBe(sent[0]);
    await timers.advance(2 * hour);
    expect(times()).toEqual(["2026-03-01T01:00:00.000Z", "2026-03-01T02:30:00.000Z"]);
  });

  it("tells who asks by hand that a name is unknown or the broker is full", () => {
    const { schedule } = setUp([nightly], "2026-03-01T01:00:00.000Z", () => {
      throw new BrokerFull("The broker is full.");
    });
    expect(() => schedule.due("trains")).toThrow(NotFound);
    expect(() => schedule.due("train")).toThrow(BrokerFull);
  });

  it("sends nothing and waits for nothing once stopped", async () => {
    const { timers, sent, schedule } = setUp([nightly], "2026-03-01T01:00:00.000Z");
    await timers.advance(hour);
    schedule.stop();
    expect(timers.pending()).toEqual([]);
    await timers.advance(48 * hour);
    expect(sent).toEqual([]);
  });

  it.each([
    ["an unknown time zone", { ...nightly, timezone: "Mars/Olympus" }],
    ["six fields, which Knative does not take", { ...nightly, schedule: "0 30 2 * * *" }],
    ["no schedule at all", { ...nightly, schedule: "nightly" }],
  ])("refuses %s, and starts no other either", (_, bad) => {
    expect(() => setUp([nightly, bad], "2026-03-01T01:00:00.000Z")).toThrow(BadManifests);
  });
});
