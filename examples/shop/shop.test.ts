import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UserHistory } from "#churn/user-history.ts";
import { itemsOf } from "#logging/check/items-of.ts";
import { readPipeline } from "#logging/check/read-pipeline.ts";
import { RealIngest } from "#logging/check/real-ingest.ts";
import { RunningProgram } from "#test/support/running-program.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

describe("the example shop", () => {
  let ingest: RealIngest;
  let shop: RunningProgram | undefined;

  beforeEach(async () => {
    ingest = await RealIngest.start();
  });

  afterEach(async () => {
    await shop?.end("SIGKILL");
    await ingest.remove();
  });

  it("writes a line for each action, which the log pipeline brings to ingest", async () => {
    const lines = await visit({});
    const pipeline = await readPipeline("actions");
    const log = { offset: 0, file: { path: "shop.log" } };
    const items = lines.flatMap((message) => itemsOf(pipeline, { message, log }));
    // Twice: what is delivered again counts once.
    for (const created of [4, 0]) {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(ingest.url, { method: "POST", headers, body: JSON.stringify(items) });
      expect([answer.status, await answer.json()]).toMatchObject([200, { created, accepted: 4, rejected: [] }]);
    }
    expect(sums(await ingest.stored())).toEqual(done);
  });

  it("sends a CloudEvent for each action", async () => {
    expect(await visit({ ACTIONS_URL: ingest.url })).toEqual([]);
    expect(sums(await ingest.stored())).toEqual(done);
    expect(shop?.messages).toHaveLength(1);
  });

  it("serves its customers, and says so, while nobody takes actions", async () => {
    expect(await visit({ ACTIONS_URL: "http://127.0.0.1:9/" })).toEqual([]);
    expect(shop?.messages.filter((message) => message.startsWith("An action was not taken"))).toHaveLength(4);
  });

  /** Opens the shop, does what customers do, and closes it: the lines on its stdout. */
  async function visit(settings: Record<string, string>): Promise<string[]> {
    shop = RunningProgram.ofSource(main, { PORT: "0", ...settings });
    const url = await shop.says(/The shop is open: (\S+)/);
    const statusOf = async (method: string, path: string, headers: Record<string, string>) =>
      (await fetch(`${url}${path}`, { method, headers })).status;
    expect(await statusOf("GET", "/healthz", { "x-user-id": "ana" })).toBe(200);
    expect(await statusOf("GET", "/products/17", {})).toBe(200);
    expect(await statusOf("POST", "/orders", { "x-user-id": "ana" })).toBe(409);
    expect(await statusOf("GET", "/products/17", { "x-user-id": "ana" })).toBe(200);
    expect(await statusOf("GET", "/products/18", { cookie: "theme=dark; user=ben" })).toBe(200);
    expect(await statusOf("PUT", "/cart/17", { "x-user-id": "ana" })).toBe(200);
    expect(await statusOf("POST", "/orders", { "x-user-id": "ana" })).toBe(201);
    await shop.end();
    return shop.lines;
  }
});

const done = new Map([
  ["ana view", [1, 0]],
  ["ana add-to-cart", [1, 0]],
  ["ana purchase", [1, 7]],
  ["ben view", [1, 0]],
]);

/** How often each user did each thing, and with what value altogether; of a visit around midnight too. */
function sums(histories: readonly UserHistory[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { userId, days } of histories) {
    for (const { action, count, value } of days) {
      const [counted = 0, summed = 0] = found.get(`${userId} ${action}`) ?? [];
      found.set(`${userId} ${action}`, [counted + count, summed + value]);
    }
  }
  return found;
}
