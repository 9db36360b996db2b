import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import type { LogItem } from "../log/log.ts";
import { ServerUnavailable } from "./failures.ts";
import { postItems } from "./post-items.ts";

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

/** A server that answers as told, and remembers the items of each request. */
async function serve(answer: (items: LogItem[], request: IncomingMessage) => Answer) {
  const requests: LogItem[][] = [];
  const server = createServer(async (request, response) => {
    const items = (await text(request)).split("\n").map((line): LogItem => JSON.parse(line));
    requests.push(items);
    const { status, body, headers } = answer(items, request);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body ?? {}));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { endpoint: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`), requests };
}

const item = (index: number): LogItem => ({
  user_id: `user-${index}`,
  action: "view",
  timestamp: 1_700_000_000_000 + index,
});
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index));
const report = (created: number, duplicates = 0, rejected: unknown[] = []) => ({
  accepted: created + duplicates,
  created,
  duplicates,
  rejected,
  rejected_total: rejected.length,
});

/** Waits that take no time, and are remembered. */
function post(batch: readonly LogItem[], endpoint: URL, isPatient = true) {
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  return { waits, result: postItems(batch, { endpoint, wait, random: () => 0, isPatient }) };
}

describe("postItems", () => {
  it("sends NDJSON and gives back what the server reports, by position", async () => {
    let type: string | undefined;
    const { endpoint, requests } = await serve((_, request) => {
      type = request.headers["content-type"];
      return {
        status: 200,
        body: report(1, 1, [{ index: 2, field: "timestamp", error: "is more than a day in the future." }]),
      };
    });
    expect(await post(items(3), endpoint).result).toEqual({
      created: 1,
      duplicates: 1,
      rejected: 1,
      rejections: [{ index: 2, reason: "timestamp is more than a day in the future." }],
    });
    expect(type).toBe("application/x-ndjson");
    expect(requests).toEqual([items(3)]);
  });

  it("takes a batch of which nothing is good for an answer, not a failure", async () => {
    const rejected = [{ index: 0, error: "must be a JSON object." }];
    const { endpoint } = await serve(() => ({ status: 400, body: { error: "None", ...report(0, 0, rejected) } }));
    expect(await post(items(1), endpoint).result).toMatchObject({
      rejected: 1,
      rejections: [{ index: 0, reason: "the row must be a JSON object." }],
    });
  });

  it("sends again after 429, 503 and 504, waiting longer each time or as long as it is told", async () => {
    const answers: Answer[] = [
      { status: 429 },
      { status: 504 },
      { status: 503, headers: { "retry-after": "7" } },
      { status: 503, headers: { "retry-after": "9999" } },
      { status: 200, body: report(2) },
    ];
    const { endpoint, requests } = await serve(() => answers.shift() ?? { status: 500 });
    const { waits, result } = post(items(2), endpoint);
    expect(await result).toMatchObject({ created: 2 });
    expect(waits).toEqual([500, 1_000, 7_000, 30_000]);
    expect(requests).toHaveLength(5);
  });

  it("counts as new what was stored before the batch had to be sent again", async () => {
    const answers: Answer[] = [
      { status: 503, body: { ...report(3, 1), unavailable: 2 } },
      { status: 200, body: report(2, 4) },
    ];
    const { endpoint } = await serve(() => answers.shift() ?? { status: 500 });
    expect(await post(items(6), endpoint).result).toMatchObject({ created: 5, duplicates: 1 });
  });

  it("gives up after seven attempts", async () => {
    const { endpoint, requests } = await serve(() => ({ status: 503, body: { error: "The store is away." } }));
    await expect(post(items(1), endpoint).result).rejects.toThrow(ServerUnavailable);
    await expect(post(items(1), endpoint).result).rejects.toThrow(/503 The store is away/);
    expect(requests).toHaveLength(14);
  });

  it("sends a batch that is too large in halves, and keeps the positions", async () => {
    const { endpoint, requests } = await serve((sent) =>
      sent.length > 2 || sent.some(({ user_id }) => user_id === "user-4")
        ? { status: 413 }
        : {
            status: 200,
            body: report(sent.length - 1, 0, [{ index: sent.length - 1, field: "action", error: "is bad." }]),
          },
    );
    const result = await post(items(5), endpoint).result;
    expect(requests.map((sent) => sent.length)).toEqual([5, 3, 2, 1, 2, 1, 1]);
    expect(result.rejections).toEqual([
      { index: 1, reason: "action is bad." },
      { index: 2, reason: "action is bad." },
      { index: 3, reason: "action is bad." },
      { index: 4, reason: "is too large for the server" },
    ]);
    expect(result).toMatchObject({ created: 1, rejected: 4 });
  });

  it("does not repeat what the server will never take", async () => {
    const { endpoint, requests } = await serve(() => ({ status: 404, body: { error: "There is nothing here." } }));
    const error: unknown = await post(items(1), endpoint).result.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String(error)).toContain("404 There is nothing here.");
    expect(requests).toHaveLength(1);
  });

  it("waits for a server that has answered before, and tells at once of an address where none does", async () => {
    const { endpoint } = await serve(() => ({ status: 200 }));
    const [server] = servers.splice(0);
    server?.close();
    await once(server!, "close");
    const hasty = post(items(1), endpoint, false);
    await expect(hasty.result).rejects.toThrow(/nothing answers there; is lapse running\?/);
    expect(hasty.waits).toEqual([]);
    const patient = post(items(1), endpoint, true);
    await expect(patient.result).rejects.toThrow(ServerUnavailable);
    expect(patient.waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000]);
  });
});
