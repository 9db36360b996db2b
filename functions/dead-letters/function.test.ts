import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeadLetterKeeper } from "#runtime/dead-letters/keeper.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { DirectoryDeadLetters } from "#stores/dead-letters/directory/dead-letters.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { handle } from "./function.ts";

let folder: string;
let deadLetters: DirectoryDeadLetters;

function keeperOn(letters: Pick<DirectoryDeadLetters, "record" | "count" | "has">): DeadLetterKeeper {
  const logger = pino({ level: "silent" });
  return new DeadLetterKeeper({
    name: "dead-letters",
    letters: async () => letters,
    mostLetters: 10,
    now: () => 1000,
    logger,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-dead-letters-"));
  deadLetters = new DirectoryDeadLetters(folder);
});

afterEach(() => rm(folder, { recursive: true }));

async function keptOf(event: LapseEvent) {
  expect(await handle(event, { keeper: keeperOn(deadLetters) })).toBeUndefined();
  const [{ id, ...letter }, ...others] = (await deadLetters.list()) as [{ id: string }, ...object[]];
  expect([id.length, others]).toEqual([24, []]);
  return letter;
}

const event: LapseEvent = { id: "1", source: "/shop", type: actionEvent.type, subject: "u1", data: { a: 1 } };

const knative = {
  knativeerrordest: "http://ingest.lapse.svc.cluster.local",
  knativeerrorcode: "400",
  knativeerrordata: Buffer.from('{"error":"no user"}').toString("base64"),
};

describe("the dead letters function", () => {
  it.each([{ data: "x".repeat(1_048_577) }, { bytes: Buffer.alloc(1_048_577) }])(
    "keeps a letter that is too large for the store without its data",
    async (large) => {
      const { data: _, ...bare } = event;
      const letter = await keptOf({ ...bare, ...large, extensions: knative });
      expect(letter).toEqual({
        event: bare,
        destination: knative.knativeerrordest,
        ...{ status: 400, recordedAt: 1000 },
        answer: '{"error":"no user"}',
      });
    },
  );

  it("keeps the event as it was sent, and apart from it where and how it failed", async () => {
    expect(await keptOf({ ...event, extensions: { ...knative, lapsejob: "x" } })).toEqual({
      event: { ...event, extensions: { lapsejob: "x" } },
      destination: "http://ingest.lapse.svc.cluster.local",
      status: 400,
      answer: '{"error":"no user"}',
      recordedAt: 1000,
    });
  });

  it.each([
    ["text/plain", Buffer.from("hello")],
    ["application/xml", Buffer.from("<a/>")],
    ["application/octet-stream", Buffer.from([0, 255])],
  ])("keeps data of the type %s as the bytes that were sent", async (datacontenttype, bytes) => {
    const strange = { id: "1", source: "/shop", type: actionEvent.type, datacontenttype, bytes };
    expect(await keptOf({ ...strange, extensions: knative })).toMatchObject({ event: strange });
  });

  it("gives an event that had no extensions back without any", async () => {
    expect(await keptOf({ ...event, extensions: knative })).toMatchObject({ event });
    expect((await deadLetters.list())[0]?.event).toEqual(event);
  });

  it("reads a status that is a number already", async () => {
    expect(await keptOf({ ...event, extensions: { ...knative, knativeerrorcode: 503 } })).toMatchObject({
      status: 503,
    });
  });

  it("keeps an event that a broker sends without a reason", async () => {
    expect(await keptOf(event)).toEqual({ event, recordedAt: 1000 });
  });

  it("keeps one letter when the broker delivers twice", async () => {
    await keptOf({ ...event, extensions: knative });
    await keptOf({ ...event, extensions: knative });
  });

  it("is the same letter as that of the Service that refused the event, which keeps its own reason", async () => {
    const answer = '{"error":"subject is required."}';
    const byItself = { event, destination: "ingest", status: 400, answer, recordedAt: 900 };
    expect(await deadLetters.record(byItself)).toBe(true);
    const { knativeerrordest, knativeerrorcode } = knative;
    expect(await keptOf({ ...event, extensions: { knativeerrordest, knativeerrorcode } })).toEqual({
      ...byItself,
      destination: knativeerrordest,
      recordedAt: 1000,
    });
  });

  it("keeps no status of a broker that had no response", async () => {
    expect(await keptOf({ ...event, extensions: { ...knative, knativeerrorcode: -1 } })).not.toHaveProperty("status");
  });

  it("fails when the letter cannot be kept, so that the broker tries again", async () => {
    const full = {
      record: async () => Promise.reject(new StoreUnavailable("full")),
      count: async () => 0,
      has: async () => false,
    };
    await expect(handle(event, { keeper: keeperOn(full) })).rejects.toThrow(StoreUnavailable);
  });
});
