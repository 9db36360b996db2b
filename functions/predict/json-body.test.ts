import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "#churn/failure.ts";
import { jsonBody } from "./json-body.ts";

let read: Promise<unknown>[];
const server = createServer((request: IncomingMessage, response) => {
  const body = jsonBody(request);
  read.push(body);
  body.then(
    (value) => response.end(JSON.stringify({ value })),
    (error: Error) => response.end(JSON.stringify({ error: error instanceof Failure ? error.kind : error.name })),
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

function port(): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function send(body: string | Uint8Array | ReadableStream, headers: Record<string, string>): Promise<unknown> {
  const url = `http://127.0.0.1:${port()}`;
  const response = await fetch(url, { method: "POST", body, headers, duplex: "half" } as RequestInit);
  return response.json();
}

const json = { "content-type": "application/json" };
const text = '{"user":"Zoë"}';

describe("jsonBody", () => {
  it("reads JSON, compressed or not, under any JSON content type", async () => {
    const value = { user: "Zoë" };
    expect(await send(text, json)).toEqual({ value });
    expect(await send(text, { "content-type": "application/vnd.lapse+json; charset=UTF-8" })).toEqual({ value });
    expect(await send(gzipSync(text), { ...json, "content-encoding": "gzip" })).toEqual({ value });
  });

  it("reads a body that comes in pieces, though a character is cut in two", async () => {
    const bytes = Buffer.from(text);
    const cut = bytes.indexOf("ë") + 1;
    const pieces = new ReadableStream({
      async start(controller) {
        controller.enqueue(bytes.subarray(0, cut));
        await new Promise((resolve) => setTimeout(resolve, 5));
        controller.enqueue(bytes.subarray(cut));
        controller.close();
      },
    });
    expect(await send(pieces, json)).toEqual({ value: { user: "Zoë" } });
  });

  it("refuses another content type, and what is not JSON or not UTF-8", async () => {
    expect(await send(text, { "content-type": "text/plain" })).toEqual({ error: "NotJson" });
    expect(await send("{", json)).toEqual({ error: "invalid" });
    expect(await send(Buffer.of(0x22, 0xff, 0x22), json)).toEqual({ error: "invalid" });
  });

  it("refuses more than 4 MiB, whether the length is told, not told or compressed away", async () => {
    const long = " ".repeat(4 * 1024 * 1024 + 1);
    expect(await send(long, json)).toEqual({ error: "too-large" });
    expect(await send(new Blob([long]).stream(), json)).toEqual({ error: "too-large" });
    expect(await send(gzipSync(long), { ...json, "content-encoding": "gzip" })).toEqual({ error: "too-large" });
  });

  it("fails when the client goes away in the middle", async () => {
    const socket = connect(port(), "127.0.0.1");
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":');
    while (read.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    socket.destroy();
    await expect(read[0]).rejects.toThrow("The body ended early.");
  });
});
