import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { TooLittleToLearn } from "#churn/failure.ts";
import { LetterBox } from "#test/support/letter-box.ts";
import { ConfigFault } from "./config.ts";
import { DeadLetterKeeper } from "./dead-letters/keeper.ts";
import { type EventOf, eventKind } from "./event-kind.ts";
import { NotYet } from "./failures.ts";
import { eventFunction, httpFunction } from "./function-definition.ts";
import { eventFunctionSettings } from "./function-settings.ts";
import { json } from "./http.ts";
import { skippedUserMetrics } from "./metrics/skipped-users.ts";
import { storeErrorMetrics } from "./metrics/store-errors.ts";
import { getRoute, noParameters } from "./route.ts";
import { wholeNumber } from "./settings.ts";

const asked = eventKind({ type: "dev.example.asked", data: z.object({ name: z.string() }) });
const settings = z.object({ ...eventFunctionSettings, TIMES: wholeNumber(1, 9).default(2) });
const stores = { greeting: async () => "hello" };

const greet = eventFunction({
  name: "greet",
  settings,
  services: async (opener: typeof stores, { settings: { TIMES }, now }) => ({
    greeting: await opener.greeting(),
    times: TIMES,
    now,
  }),
  takes: [asked],
  handle: async ({ id, data }: EventOf<typeof asked>, { greeting, times, now }) => ({
    id,
    source: "/greet",
    type: "dev.example.greeted",
    time: new Date(now()).toISOString(),
    data: `${greeting} ${data.name} `.repeat(times).trim(),
  }),
});

function surroundings(box = new LetterBox()) {
  const metrics = new Registry();
  const logger = pino({ level: "silent" });
  const now = () => 0;
  const letters = async () => box;
  return {
    metrics,
    storeErrors: storeErrorMetrics(metrics),
    skippedUsers: skippedUserMetrics(metrics),
    deadLetters: new DeadLetterKeeper({ name: "greet", letters, mostLetters: 10, now, logger }),
    logger,
    now,
  };
}

describe("a function", () => {
  it("is made of its settings and stores, and handles the events of its kinds", async () => {
    const made = await greet.configure({ TIMES: "1" }).make(stores, surroundings());
    const event = { id: "1", source: "/test", type: "dev.example.asked", data: { name: "ana" } };
    expect(await made.handle(event, {})).toEqual({
      id: "1",
      source: "/greet",
      type: "dev.example.greeted",
      time: "1970-01-01T00:00:00.000Z",
      data: "hello ana",
    });
    expect(made.routes).toEqual([]);
  });

  it("refuses other events, and data that its kind does not hold, for good", async () => {
    const made = await greet.configure({}).make(stores, surroundings());
    const event = { id: "1", source: "/test", type: "dev.example.asked" };
    await expect(made.handle({ ...event, type: "x" }, {})).rejects.toMatchObject({ kind: "invalid" });
    await expect(made.handle({ ...event, data: { name: 7 } }, {})).rejects.toMatchObject({ kind: "invalid" });
  });

  it("keeps what it refuses for good as a dead letter before it says so, and nothing else", async () => {
    const box = new LetterBox();
    const made = await greet.configure({}).make(stores, surroundings(box));
    const event = { id: "1", source: "/test", type: "dev.example.asked", data: { name: "ana" } };
    await made.handle(event, {});
    expect(box.letters).toEqual([]);
    const bad = { ...event, data: { name: 7 } };
    await expect(made.handle(bad, {})).rejects.toMatchObject({ kind: "invalid" });
    expect(box.letters).toMatchObject([{ event: bad, destination: "greet", status: 400 }]);
  });

  it("keeps no letter of an event from which too little could be learned", async () => {
    const box = new LetterBox();
    const learner = eventFunction({
      name: "learner",
      settings,
      services: async () => ({}),
      takes: [asked],
      handle: async () => Promise.reject(new TooLittleToLearn("The log is too short.")),
    });
    const made = await learner.configure({}).make(stores, surroundings(box));
    const event = { id: "1", source: "/test", type: "dev.example.asked", data: { name: "ana" } };
    await expect(made.handle(event, {})).rejects.toThrow(TooLittleToLearn);
    expect(box.letters).toEqual([]);
  });

  it("has an event come again that it refuses while no letter can be kept", async () => {
    const box = new LetterBox();
    const made = await greet.configure({}).make(stores, surroundings(box));
    box.failure = new NotYet("down");
    const bad = { id: "1", source: "/test", type: "dev.example.asked", data: { name: 7 } };
    await expect(made.handle(bad, {})).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("names every setting that is wrong", () => {
    const configure = () => greet.configure({ TIMES: "0", PORT: "x" });
    expect(configure).toThrow(ConfigFault);
    expect(configure).toThrow(/PORT must be[\s\S]*TIMES must be/);
  });

  it("that serves HTTP builds its routes of its services, and takes no events unless it says so", async () => {
    const count = httpFunction({
      name: "count",
      settings,
      services: async (_opener: typeof stores, { settings: { TIMES } }) => ({ times: TIMES }),
      routes: ({ times }) => [
        getRoute({
          path: "/times",
          access: "open",
          summary: "Tells how many times",
          parameters: noParameters,
          responses: {},
          handle: async () => json(200, { times }),
        }),
      ],
    });
    const made = await count.configure({ TIMES: "3" }).make(stores, surroundings());
    const [route] = made.routes;
    const request = { method: "GET", path: "/times", headers: {}, body: Buffer.alloc(0) };
    expect((await route?.handle(request))?.body).toBe('{"times":3}');
    expect(count.takes).toEqual([]);
    const event = { id: "1", source: "/test", type: "dev.example.asked" };
    await expect(made.handle(event, {})).rejects.toMatchObject({ kind: "invalid" });
  });
});
