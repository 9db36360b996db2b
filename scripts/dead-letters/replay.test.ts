import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { brokerRoute } from "#local/broker-route.ts";
import { BrokerFull } from "#local/failures.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { pathListener } from "#runtime/listener.ts";
import { DirectoryDeadLetters } from "#stores/dead-letters/directory/dead-letters.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { ReplayFailed, replay } from "./replay.ts";

let folder: string;
let letters: DirectoryDeadLetters;
let server: Server;
let url: string;
let published: LapseEvent[];
/** How many events the broker takes before it is full. */
let room: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-replay-"));
  letters = new DirectoryDeadLetters(folder);
  published = [];
  room = 100;
  const route = brokerRoute({
    publish: (event) => {
      if (room-- <= 0) throw new BrokerFull("The broker is full.");
      published.push(event);
    },
  });
  server = createServer((await pathListener([{ name: "broker", routes: [route] }], silentResponder())).listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/broker`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function eventOf(id: string): LapseEvent {
  return {
    id,
    source: "/shop",
    type: actionEvent.type,
    subject: "ü",
    time: "2026-03-01T00:00:00Z",
    data: { a: [1] },
    extensions: { lapsejob: "x" },
  };
}

describe("replaying dead letters", () => {
  beforeEach(async () => {
    for (const [id, recordedAt] of [
      ["b", 20],
      ["a", 10],
      ["c", 30],
    ] as const) {
      await letters.record({ event: eventOf(id), destination: "http://ingest", status: 400, recordedAt });
    }
  });

  it("sends the events as they were, the oldest first, and forgets the letters", async () => {
    await replay(await letters.list(), letters, { broker: url }, () => {});
    const traced = { lapsejob: "x", traceparent: expect.any(String), tracestate: "lapse=1" };
    expect(published).toEqual(["a", "b", "c"].map((id) => ({ ...eventOf(id), extensions: traced })));
    expect(await letters.list()).toEqual([]);
  });

  it("sends only those that are selected", async () => {
    const [latest] = await letters.list();
    await replay([latest!], letters, { broker: url }, () => {});
    expect(published.map(({ id }) => id)).toEqual(["c"]);
    expect(await letters.list()).toHaveLength(2);
  });

  it("stops at the first that the broker does not take, and keeps it and the rest", async () => {
    room = 1;
    const sent: string[] = [];
    const replaying = replay(await letters.list(), letters, { broker: url }, ({ event }) => sent.push(event.id));
    await expect(replaying).rejects.toThrow(/answered 503.*full/);
    expect(sent).toEqual(["a"]);
    expect((await letters.list()).map(({ event }) => event.id)).toEqual(["c", "b"]);
  });

  it("keeps what the broker will never take, and sends the others", async () => {
    const untimed = { ...eventOf("untimed"), time: "yesterday" };
    await letters.record({ event: untimed, destination: "http://ingest", status: 400, recordedAt: 5 });
    const replaying = replay(await letters.list(), letters, { broker: url }, () => undefined);
    await expect(replaying).rejects.toThrow(/answered 400.*time must be .*\nForget what the broker will never take/);
    expect(published.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect((await letters.list()).map(({ event }) => event.id)).toEqual(["untimed"]);
  });

  it("keeps a letter that failed again before the answer came", async () => {
    const [latest] = await letters.list();
    const failsAgain = {
      remove: async (letter: typeof latest & object) => {
        await letters.record({ ...letter, recordedAt: 99 });
        await letters.remove(letter);
      },
    };
    await replay([latest!], failsAgain, { broker: url }, () => {});
    expect((await letters.list())[0]).toMatchObject({ recordedAt: 99, event: { id: "c" } });
  });

  it("says so where nobody listens", async () => {
    const selected = await letters.list();
    server.close();
    await expect(replay(selected, letters, { broker: url }, () => {})).rejects.toThrow(ReplayFailed);
    expect(await letters.list()).toHaveLength(3);
  });
});
