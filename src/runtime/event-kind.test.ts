import { describe, expect, it } from "vitest";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { anyEvent, eventKind, readAs } from "./event-kind.ts";
import { eventTypes, featuresPing, trainPing } from "./event-kinds.ts";
import type { LapseEvent } from "./events.ts";

const counted = eventKind({ type: "dev.example.counted", data: z.object({ count: z.int() }) });
const event: LapseEvent = { id: "1", source: "/test", type: "dev.example.counted", data: { count: 3, more: true } };

describe("a kind of event", () => {
  it("reads its own type, and of the data what it knows", () => {
    expect(counted.read(event)).toEqual({ ...event, data: { count: 3 } });
    expect(counted.read({ ...event, type: "dev.example.other" })).toBeUndefined();
  });

  it("refuses data that it does not hold, and says where it is wrong", () => {
    const read = () => counted.read({ ...event, data: { count: "three" } });
    expect(read).toThrow(InvalidInput);
    expect(read).toThrow(/^The data of dev\.example\.counted is not valid: count: /);
  });

  it("is told from others of its type by its extensions", () => {
    const ping = featuresPing.make({ id: "1", source: "/ping", data: { through: "today" } });
    expect(ping.extensions).toEqual({ lapsejob: "features" });
    expect(featuresPing.read(ping)).toEqual(ping);
    expect(trainPing.read(ping)).toBeUndefined();
    expect(featuresPing.read({ ...ping, extensions: {} })).toBeUndefined();
  });

  it("makes an event with its type, and keeps what else the event has", () => {
    const made = counted.make({ id: "1", source: "/test", extensions: { tenant: "t" }, data: { count: 1 } });
    expect(made).toEqual({
      id: "1",
      source: "/test",
      type: "dev.example.counted",
      extensions: { tenant: "t" },
      data: { count: 1 },
    });
  });
});

describe("reading an event as one of several kinds", () => {
  it("takes the first that it is of", () => {
    expect(readAs<LapseEvent>(event, [featuresPing, counted, anyEvent], "test")).toEqual({
      ...event,
      data: { count: 3 },
    });
    expect(readAs<LapseEvent>({ ...event, type: "x" }, [counted, anyEvent], "test")).toEqual({ ...event, type: "x" });
  });

  it("refuses any other for good, and names those that are taken", () => {
    const read = () => readAs<LapseEvent>({ ...event, type: "x" }, [featuresPing, counted], "test");
    expect(read).toThrow(InvalidInput);
    expect(read).toThrow("test takes dev.knative.sources.ping with lapsejob: features or dev.example.counted, not x.");
  });
});

describe("the nightly jobs' pings", () => {
  it("count actions through yesterday unless they say otherwise", () => {
    const ping = { id: "1", source: "/ping", type: featuresPing.type, extensions: featuresPing.extensions };
    expect(featuresPing.read(ping)?.data).toEqual({ through: "yesterday" });
    expect(featuresPing.read({ ...ping, data: {} })?.data).toEqual({ through: "yesterday" });
    expect(featuresPing.read({ ...ping, data: { through: "today" } })?.data).toEqual({ through: "today" });
    expect(() => featuresPing.read({ ...ping, data: { through: "tomorrow" } })).toThrow(InvalidInput);
  });
});

it("the list of types names each once", () => {
  expect(new Set(eventTypes).size).toBe(eventTypes.length);
  expect(eventTypes).toContain(featuresPing.type);
});
