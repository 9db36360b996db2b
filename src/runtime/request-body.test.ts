import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "#churn/failure.ts";
import { BodyBudget } from "./body-budget.ts";
import { Deadlines } from "./deadlines.ts";
import { CallerGone, Overloaded } from "./failures.ts";
import { readBody } from "./request-body.ts";

let limit: number;
let milliseconds: number;
let budget: BodyBudget;
let read: Promise<Buffer>[];
const listener: RequestListener = (request, response) => {
  const share = budget.share();
  const reading = async () => readBody(request, { limit, deadlines: new Deadlines(milliseconds), share });
  const body = reading();
  response.once("close", () => share.release());
  read.push(body);
  body.then(
    (bytes) => {
      if (request.url === "/destroyed") request.destroy();
      response.end(bytes);
    },
    (error: Error) => {
      response.end(error instanceof Failure ? error.kind : error.name);
      request.resume();
    },
  );
};
let server: Server;

describe("a request's body", () => {
  beforeEach(async () => {
    server = createServer(listener);
    limit = 1000;
    milliseconds = 20_000;
    budget = new BodyBudget(100_000);
    read = [];
    await once(server.listen(0, "127.0.0.1"), "listening");
  });

  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });

  const port = () => (server.address() as AddressInfo).port;

  async function send(
    body: string | Uint8Array | ReadableStream,
    headers: Record<string, string> = {},
  ): Promise<string> {
    const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
    return (await fetch(`http://127.0.0.1:${port()}`, init)).text();
  }

  function isFull(): boolean {
    const share = budget.share();
    try {
      share.grow(90_000);
      return false;
    } catch (error) {
      if (!(error instanceof Overloaded)) throw error;
      return true;
    } finally {
      share.release();
    }
  }

  it("is read as it is, and in pieces", async () => {
    const pieces = new ReadableStream({
      async start(controller) {
        controller.enqueue(Buffer.from("he"));
        await new Promise((resolve) => setTimeout(resolve, 5));
        controller.enqueue(Buffer.from("llo"));
        controller.close();
      },
    });
    expect(await send("hello")).toBe("hello");
    expect(await send(pieces)).toBe("hello");
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("is decompressed from %s", async (encoding, compress) => {
    expect(await send(compress("hello"), { "content-encoding": encoding })).toBe("hello");
  });

  it("is refused above the limit, whether its length is told, not told or compressed away", async () => {
    const long = " ".repeat(limit + 1);
    expect(await send(long)).toBe("too-large");
    expect(await send(new Blob([long]).stream())).toBe("too-large");
    expect(await send(gzipSync(long), { "content-encoding": "gzip" })).toBe("too-large");
  });

  it("is refused in an encoding that is unknown or broken", async () => {
    expect(await send("hello", { "content-encoding": "zip" })).toBe("unsupported-media-type");
    expect(await send("hello", { "content-encoding": "gzip" })).toBe("invalid");
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("is refused with anything behind what %s has compressed, which would be lost", async (encoding, compress) => {
    const whole = compress("hello");
    for (const behind of ["junk", "\0\0", ...(encoding === "gzip" ? [] : [compress("and more")])])
      expect(await send(Buffer.concat([whole, Buffer.from(behind)]), { "content-encoding": encoding })).toBe("invalid");
    const inPieces = new ReadableStream({
      async start(controller) {
        controller.enqueue(whole);
        await new Promise((resolve) => setTimeout(resolve, 20));
        controller.enqueue(Buffer.from("junk"));
        controller.close();
      },
    });
    expect(await send(inPieces, { "content-encoding": encoding })).toBe("invalid");
  });

  it("is refused if it unfolds far more than text does, long before the limit", async () => {
    limit = 1e9;
    budget = new BodyBudget(1e9);
    const zeros = gzipSync(Buffer.alloc(20_000_000));
    expect(await send(zeros, { "content-encoding": "gzip" })).toBe("too-large");
    const lines = Array.from({ length: 60_000 }, (_, i) => `{"user_id":"u${i % 900}","action":"login","value":${i}}`);
    expect(await send(gzipSync(lines.join("\n")), { "content-encoding": "gzip" })).toBe(lines.join("\n"));
  });

  it.each([
    ["plain", "hello", {}],
    ["compressed", gzipSync("hello"), { "content-encoding": "gzip" }],
  ])("is given up on when it comes too slowly: %s", async (_, sent, headers: Record<string, string>) => {
    const slow = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from(sent).subarray(0, 4)) });
    milliseconds = 200;
    expect(await send(slow, headers)).toBe("too-slow");
  });

  it("is refused while others hold all the memory there is for bodies, unless it is small", async () => {
    limit = 90_000;
    const held = connect(port(), "127.0.0.1");
    held.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\n");
    held.write("x".repeat(89_000));
    await expect.poll(isFull).toBe(true);
    expect(await send("x".repeat(80_000))).toBe("unavailable");
    expect(
      await send(gzipSync(randomBytes(60_000).toString("hex").slice(0, 80_000)), { "content-encoding": "gzip" }),
    ).toBe("unavailable");
    expect(await send("x".repeat(16_000))).toHaveLength(16_000);
    held.destroy();
    await expect.poll(isFull).toBe(false);
    expect(await send("x".repeat(80_000))).toHaveLength(80_000);
  });

  it("leaves its connection as it is when the request is destroyed after that", async () => {
    const socket = connect(port(), "127.0.0.1");
    const request = "POST /destroyed HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n";
    for (const body of ["first", "later"]) {
      socket.write(request + body);
      const [bytes] = await once(socket, "data");
      expect(String(bytes)).toMatch(new RegExp(`^HTTP/1.1 200 .*${body}$`, "s"));
    }
    socket.destroy();
  });

  it("fails when the client goes away in the middle", async () => {
    const socket = connect(port(), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhello");
    while (read.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    socket.destroy();
    await expect(read[0]).rejects.toThrow(CallerGone);
  });
});
