import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessGate } from "#runtime/access/access-gate.ts";
import { DeadLetterKeeper } from "#runtime/dead-letters/keeper.ts";
import { anyEventLimit, deliveredRoute, eventHeadersLimit, eventLimit, eventRoute } from "#runtime/event-route.ts";
import { type LapseEvent, toBinary, toStructured } from "#runtime/events.ts";
import { pathListener } from "#runtime/listener.ts";
import { eventMetrics } from "#runtime/metrics/events.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { Responder } from "#runtime/responder.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { sharedStores } from "#stores/shared-stores.ts";
import { LetterBox } from "#test/support/letter-box.ts";
import { type Serving, serving } from "#test/support/serving.ts";
import { functions } from "./functions.ts";

const takers = functions.filter(({ takes }) => takes.length > 0);
const now = () => Date.UTC(2026, 2, 1, 12);
const [id, source] = ["e1", "/a/broker"];
const letter = { event: { id, source } };

let folder: string;
let stores: Stores;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-refused-"));
  stores = await setUpStores({ dataDir: folder }, now);
});

afterAll(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

describe.each(takers.map((definition) => [definition.name, definition] as const))(
  "%s, to which a broker delivers",
  (name, definition) => {
    const takesAny = definition.takes.some(({ type }) => type === undefined);
    const [kind] = definition.takes;
    const event: LapseEvent = {
      ...{ id, source, type: kind?.type ?? "com.example.any", subject: "u1", time: "2026-03-01T11:00:00Z" },
      extensions: { ...kind?.extensions },
    };
    const { headers } = toBinary({ ...event, data: {} });
    const box = new LetterBox();
    let asksForKeys = false;
    let server: Serving;
    let port: number;
    let path: string;

    beforeAll(async () => {
      const [metrics, logger] = [new Registry(), pino({ level: "silent" })];
      const storeErrors = storeErrorMetrics(metrics);
      const letters = async () => box;
      const deadLetters = new DeadLetterKeeper({ name, letters, mostLetters: 1_000, now, logger });
      const publish = async () => undefined;
      const skippedUsers = skippedUserMetrics(metrics);
      const surroundings = { metrics, logger, now, deadLetters, storeErrors, skippedUsers, publish };
      const made = await definition.configure({}).make(sharedStores(stores), surroundings);
      const options = { name, events: eventMetrics(metrics), logger, deadLetters };
      const bodyLimit = takesAny ? anyEventLimit : eventLimit;
      // As serveHttpAndEvents and serveEvents do.
      const route =
        made.routes.length > 0 ? deliveredRoute(made, options) : eventRoute(made, { ...options, bodyLimit });
      path = route.path;
      const gate = accessGate({
        isOn: async () => asksForKeys,
        isBrokerAsked: true,
        keys: undefined,
        tokens: { verify: async () => ({ fault: "The token has expired." }) },
        sessions: undefined,
        refused: () => undefined,
        used: () => undefined,
      });
      const limits = { bodyMilliseconds: 5_000, heldBytes: 2 * anyEventLimit };
      const requests = requestMetrics(metrics);
      const responder = new Responder({ requests, storeErrors, logger, gate, limits, isBehindProxy: false });
      server = await serving(await pathListener([{ name, routes: [route] }], responder), {
        headersLimit: eventHeadersLimit,
      });
      port = server.port;
    });

    beforeEach(() => {
      box.letters.length = 0;
      box.notes.length = 0;
      asksForKeys = false;
    });

    afterAll(() => server.stop());

    function deliver(
      sent: OutgoingHttpHeaders,
      body: string | Uint8Array,
    ): Promise<{ status: number; again: string | undefined }> {
      return new Promise((resolve, reject) => {
        const delivery = httpRequest({ port, host: "127.0.0.1", path, method: "POST", headers: sent }, (response) => {
          response.resume();
          delivery.destroy();
          resolve({ status: response.statusCode ?? 0, again: response.headers["retry-after"] });
        });
        delivery.on("error", reject);
        delivery.end(body);
      });
    }

    it.each(definition.takes.filter(({ type }) => type !== undefined))(
      "keeps an event whose data it does not take: $type",
      async ({ type, extensions }) => {
        const bad = toBinary({ ...event, type: type ?? "", data: ["nonsense"], extensions });
        expect(await deliver(bad.headers, bad.body)).toMatchObject({ status: 400 });
        expect(box.letters).toMatchObject([
          { event: { id, source, data: ["nonsense"] }, destination: name, status: 400 },
        ]);
      },
    );

    it("keeps an event of a type that it does not take", async () => {
      const { status } = await deliver({ ...headers, "ce-type": "com.example.other" }, "{}");
      expect(status).toBe(takesAny ? 204 : 400);
      expect(box.letters).toMatchObject([letter]);
    });

    it("keeps an event that is larger than what it handles, with its data", async () => {
      const data = { text: "x".repeat(eventLimit) };
      const { status } = await deliver(headers, JSON.stringify(data));
      expect(status).toBe(takesAny ? 204 : definition.name === "ingest" ? 400 : 413);
      expect(box.letters).toMatchObject([letter]);
      const [{ event: kept }] = box.letters as [LetterBox["letters"][0]];
      expect(kept.data ?? JSON.parse(String(kept.bytes))).toEqual(data);
    });

    it.each<[string, number, OutgoingHttpHeaders, string | Uint8Array, string]>([
      ["larger than what is read", 413, { "content-length": anyEventLimit + 1 }, "{", "larger than"],
      [
        "compressed and unfold to more than what is read",
        413,
        { "content-encoding": "gzip" },
        gzipSync(Buffer.alloc(anyEventLimit + 1)),
        "times as large",
      ],
      ["encoded in a way that is not known", 415, { "content-encoding": "zip" }, "{}", "content encoding"],
      ["broken where they were compressed", 400, { "content-encoding": "gzip" }, "no gzip", "not valid gzip"],
    ])("keeps what the headers say of an event whose data are %s", async (_, expected, more, body, reason) => {
      expect(await deliver({ ...headers, ...more }, body)).toMatchObject({ status: expected });
      expect(box.letters).toMatchObject([{ ...letter, destination: name, status: expected }]);
      const [{ event: kept, answer }] = box.letters as [LetterBox["letters"][0]];
      expect([kept.data, kept.bytes, kept.subject, kept.type]).toEqual([undefined, undefined, "u1", event.type]);
      expect(JSON.parse(answer ?? "").error).toMatch(new RegExp(`${reason}.* The event's data were not read\\.$`));
    });

    it.each([20, 128])("keeps an event that cannot be read, with an attribute of %i kB", async (kilobytes) => {
      const long = "ü".repeat(kilobytes * 500);
      const unreadable = {
        ...event,
        time: "yesterday",
        dataschema: "http://a/b",
        extensions: { ...event.extensions, long },
      };
      const { headers: large, body } = toBinary({ ...unreadable, data: { a: 1 } });
      expect(await deliver(large, body)).toMatchObject({ status: 400 });
      expect(box.letters).toMatchObject([
        { event: { id, source, time: "yesterday", dataschema: "http://a/b", extensions: { long } } },
      ]);
      expect(String(box.letters[0]?.event.bytes)).toBe('{"a":1}');
    });

    it("keeps a structured event that cannot be read, if it has an identity", async () => {
      const { headers: structured, body } = toStructured({ ...event, time: "yesterday", data: { a: 1 } });
      expect(await deliver(structured, body)).toMatchObject({ status: 400 });
      expect(box.letters).toMatchObject([{ event: { id, source, time: "yesterday", data: { a: 1 } }, status: 400 }]);
      expect(await deliver(structured, '{"specversion":"1.0","id":"e2"}')).toMatchObject({ status: 400 });
      expect(await deliver(structured, "{")).toMatchObject({ status: 400 });
      expect(box.letters).toHaveLength(1);
    });

    it("has an event that is not let in come again, and keeps nothing of it", async () => {
      asksForKeys = true;
      expect(await deliver(headers, "{}")).toEqual({ status: 503, again: "5" });
      const withToken = { ...headers, authorization: "Bearer old" };
      expect(await deliver(withToken, "{}")).toEqual({ status: 503, again: "5" });
      // Who sends what no broker does is told what is wrong.
      const structured = toStructured(event);
      expect(await deliver(structured.headers, structured.body)).toMatchObject({ status: 401 });
      expect(await deliver({ "content-type": "application/json" }, "{}")).toMatchObject({ status: 401 });
      expect(await deliver({ ...headers, "content-encoding": "zip" }, "{}")).toMatchObject({ status: 503 });
      expect([box.letters, box.notes]).toEqual([[], []]);
    });
  },
);
