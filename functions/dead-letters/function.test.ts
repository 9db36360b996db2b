import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { DirectoryDeadLetters } from "#stores/dead-letters/directory/dead-letters.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { DeadLettersFull } from "./failures.ts";
import { handle } from "./function.ts";

let folder: string;
let deadLetters: DirectoryDeadLetters;
const logger = pino({ level: "silent" });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-dead-letters-"));
  deadLetters = new DirectoryDeadLetters(folder);
});

afterEach(() => rm(folder, { recursive: true }));

async function keptOf(event: LapseEvent) {
  expect(await handle(event, { deadLetters, mostLetters: 10, now: () => 1000, logger })).toBeUndefined();
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

  it("keeps no more than it may, warns long before, and takes a repetition even then", async () => {
    const errors: string[] = [];
    const log = {
      warn: () => undefined,
      error: (_fields: unknown, message?: string) => void errors.push(message ?? ""),
    };
    const services = { deadLetters, mostLetters: 5, now: () => 1000, logger: log };
    for (const id of ["1", "2", "3", "4", "5"]) await handle({ ...event, id }, services);
    expect(errors).toEqual([4, 5].map((count) => expect.stringContaining(`There are ${count} dead letters; beyond 5`)));
    await expect(handle({ ...event, id: "6" }, services)).rejects.toThrow(DeadLettersFull);
    await handle({ ...event, id: "3" }, services);
    expect(await deadLetters.count()).toBe(5);
  });

  it("fails when the letter cannot be kept, so that the broker tries again", async () => {
    const full = { ...deadLetters, record: async () => Promise.reject(new StoreUnavailable("full")) };
    const services = {
      deadLetters: { ...full, count: async () => 0, get: async () => undefined },
      mostLetters: 10,
      now: () => 0,
      logger,
    };
    await expect(handle(event, services)).rejects.toThrow(StoreUnavailable);
  });
});
