import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "#churn/failure.ts";
import { readBody } from "./request-body.ts";

const limit = 1000;
let read: Promise<Buffer>[];
const server = createServer((request: IncomingMessage, response) => {
  const body = readBody(request, limit);
  read.push(body);
  body.then(
    (bytes) => response.end(bytes),
    (error: Error) => {
      response.end(error instanceof Failure ? error.kind : error.name);
      request.resume();
    },
  );
});

beforeEach(async () => {
  read = [];
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  await once(server.close(), "close");
});

const port = () => (server.address() as AddressInfo).port;

async function send(body: string | Uint8Array | ReadableStream, headers: Record<string, string> = {}): Promise<string> {
  const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
  return (await fetch(`http://127.0.0.1:${port()}`, init)).text();
}

describe("a request's body", () => {
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
    expect(await send("hello", { "content-encoding": "zip" })).toBe("invalid");
    expect(await send("hello", { "content-encoding": "gzip" })).toBe("invalid");
  });

  it("fails when the client goes away in the middle", async () => {
    const socket = connect(port(), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhello");
    while (read.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    socket.destroy();
    await expect(read[0]).rejects.toThrow("The body ended early.");
  });
});
