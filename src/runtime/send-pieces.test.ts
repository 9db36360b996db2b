import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { type Serving, serving } from "#test/support/serving.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { fastifyListener } from "./fastify-listener.ts";
import { pathListener } from "./listener.ts";
import type { Route } from "./route.ts";
import { sendPieces } from "./send-pieces.ts";

let server: Server | undefined;
let stop: Serving["stop"] | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await stop?.();
  stop = undefined;
});

describe.each([
  ["path alone", pathListener, true],
  ["Fastify", fastifyListener, true],
  ["path alone, and its requests read as they come", pathListener, false],
])("a response in pieces, from a server whose routes are found by %s", (_, makeListener, byNode) => {
  async function serve(rest: AsyncIterable<string>): Promise<string> {
    const route: Route = {
      method: "GET",
      path: "/",
      access: "open",
      about: { summary: "Pieces", responses: {} },
      handle: async () => ({ status: 200, headers: { "content-type": "text/csv" }, body: "head\n", rest }),
    };
    const one = await serving(await makeListener([{ name: "test", routes: [route] }], silentResponder()), { byNode });
    server = one.node;
    stop = one.stop;
    return one.url;
  }

  it("arrives whole", async () => {
    async function* pieces() {
      for (let i = 0; i < 1_000; i++) yield `${i}\n`.repeat(100);
    }
    const answer = await fetch(await serve(pieces()));
    const lines = (await answer.text()).split("\n");
    expect([answer.status, lines.length, lines[0], lines.at(-2)]).toEqual([200, 100_002, "head", "999"]);
  });

  it("is an error where the first piece fails, and is cut where a later one does", async () => {
    async function* pieces(good: number) {
      for (let i = 0; i < good; i++) yield "x".repeat(100_000);
      throw new InvalidInput("It is wrong.");
    }
    const failed = await fetch(await serve(pieces(0)));
    expect([failed.status, await failed.json()]).toEqual([400, { error: "It is wrong." }]);
    server?.close();
    const cut = await fetch(await serve(pieces(3)));
    await expect(cut.text()).rejects.toThrow();
  });

  it("makes no more pieces than the caller takes, and ends when they go away", async () => {
    let made = 0;
    let hasEnded = false;
    async function* pieces() {
      try {
        for (;;) {
          made += 1;
          yield "x".repeat(100_000);
        }
      } finally {
        hasEnded = true;
      }
    }
    const response = await slowly(await serve(pieces()));
    await expect.poll(() => made).toBeGreaterThan(1);
    await stands(() => made);
    // What the sockets hold is some megabytes.
    expect(made).toBeLessThan(200);
    response.destroy();
    await expect.poll(() => hasEnded).toBe(true);
  });
});

describe("a response in pieces", () => {
  it("is cut when the caller takes nothing for a while", async () => {
    let hasEnded = false;
    async function* endless() {
      try {
        for (;;) yield "x".repeat(100_000);
      } finally {
        hasEnded = true;
      }
    }
    const url = await listen(
      createServer(async (_request, response) => {
        const pieces = endless();
        await sendPieces(response, await pieces.next(), pieces, 100);
      }),
    );
    const response = await slowly(url);
    await expect.poll(() => hasEnded).toBe(true);
    await expect(response.resume().toArray()).rejects.toThrow("aborted");
  });
});

async function listen(created: Server): Promise<string> {
  server = created;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A response of which nothing more is read than its head. */
async function slowly(url: string): Promise<IncomingMessage> {
  const request = get(url);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  request.on("error", () => undefined);
  response.pause();
  return response;
}

/** Waits until a number no longer grows. */
async function stands(number: () => number): Promise<void> {
  for (let before = -1; before !== number(); await new Promise((resolve) => setTimeout(resolve, 100)))
    before = number();
}
