import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { actionId } from "#churn/action.ts";
import { handle } from "#functions/ingest/function.ts";
import type { Log, LogItem } from "../log/log.ts";
import { Rejections } from "../log/rejections.ts";
import { sendLog } from "./send-log.ts";

const now = Date.parse("2024-03-10T00:00:00Z");

/** The real ingest function over a log in memory. */
const stored = new Map<string, Action>();
const services = {
  now: () => now,
  mostItems: 1_000,
  actions: {
    append: async (actions: readonly Action[]) =>
      actions.map((action) => {
        const isNew = !stored.has(actionId(action));
        stored.set(actionId(action), action);
        return { status: isNew ? ("created" as const) : ("duplicate" as const) };
      }),
  },
};
const server = createServer(async (request, response) => {
  const { method = "", url: path = "", headers } = request;
  const answer = await handle({ method, path, headers, body: await buffer(request) }, services);
  response.writeHead(answer.status, answer.headers).end(answer.body);
});
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());

it("sends a log through the real ingest function, and finds rejected items back by their lines", async () => {
  const item = (user_id: string, day: string): LogItem => ({ user_id, action: "buy", timestamp: Date.parse(day) });
  const rejections = new Rejections();
  rejections.add("line 2", "has no user");
  const batches = [
    [item("ann", "2024-03-01"), item("bob", "2024-03-20")],
    [item("x".repeat(300), "2024-03-01"), item("ann", "2024-03-01"), item("cy", "2024-03-01")],
  ];
  const log: Log = {
    name: "a log",
    columns: "",
    notes: [],
    unit: "actions",
    total: 20,
    rejections,
    batches: linesOf(batches),
    close,
  };
  const endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`);
  const progress: unknown[] = [];
  const report = await sendLog(log, { endpoint, wait: async () => undefined, random: () => 0 }, (...state) =>
    progress.push(state),
  );
  expect(report).toMatchObject({ created: 2, duplicates: 1, rejected: 3 });
  expect(report.details.join("\n").split("\n")).toEqual([
    "  line 2: has no user",
    "  line 11: timestamp is more than a day in the future.",
    "  line 20: user_id is longer than 256 characters.",
  ]);
  expect(progress).toEqual([
    [10, 20, 1],
    [20, 20, 3],
  ]);
  expect([...stored.values()].map(({ userId }) => userId)).toEqual(["ann", "cy"]);
});

it("sends actions of certain names as passive ones", async () => {
  stored.clear();
  const item = (action: string): LogItem => ({ user_id: "ann", action, timestamp: Date.parse("2024-03-01") });
  const log: Log = {
    name: "a log",
    columns: "",
    notes: [],
    unit: "actions",
    total: 2,
    rejections: new Rejections(),
    batches: linesOf([[item("email_offer"), item("login")]]),
    close,
  };
  const endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`);
  await sendLog(log, { endpoint, wait: async () => undefined, random: () => 0, passive: ["email_*"] });
  expect(Array.from(stored.values(), ({ action, passive }) => [action, passive])).toEqual([
    ["email_offer", true],
    ["login", undefined],
  ]);
});

const close = async () => undefined;

/** Batches whose lines are numbered from 10, 20 … */
async function* linesOf(batches: readonly (readonly LogItem[])[]) {
  let read = 0;
  for (const items of batches) {
    read += 10;
    const first = read;
    yield { items, place: (index: number) => `line ${first + index}`, read };
  }
}

it("stops where the server refuses more than a fifth of the log, as of one that is stored here, unless that is accepted", async () => {
  stored.clear();
  const item = (n: number): LogItem => ({
    user_id: `u${n}`,
    action: "buy",
    timestamp: Date.parse(n < 3 ? "2024-03-20" : "2024-03-01"),
  });
  const log = (acceptsRejected: boolean): Log => ({
    name: "a log",
    columns: "",
    notes: [],
    unit: "actions",
    total: 10,
    rejections: new Rejections(),
    acceptsRejected,
    batches: linesOf([0, 2, 4, 6, 8].map((n) => [item(n), item(n + 1)])),
    close,
  });
  const options = {
    endpoint: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`),
    wait: async () => undefined,
    random: () => 0,
  };
  await expect(sendLog(log(false), options)).rejects.toThrow(
    /stopped: of 4 actions sent, .* refused 3, more than a fifth of the log; it stored 1\.[\s\S]*more than a day in the future[\s\S]*--accept-rejected/,
  );
  expect(await sendLog(log(true), options)).toMatchObject({ created: 6, duplicates: 1, rejected: 3 });
});
