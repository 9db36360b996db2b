import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { silentResponder } from "#test/support/silent-responder.ts";
import { fastifyServer } from "./fastify-server.ts";
import { json } from "./http.ts";
import { createHttpServer } from "./http-server.ts";
import { createLogger } from "./logging.ts";
import { jsonRoute, noParameters } from "./route.ts";

const lines: string[] = [];
const stream = { write: (line: string) => void lines.push(line) };
const logger = createLogger({ service: "test", level: "info" }, { stream, friendly: false });
const http = createHttpServer();
const parts = { path: "/", access: "open", summary: "Takes JSON", parameters: noParameters, responses: {} } as const;
const routes = [jsonRoute({ ...parts, bodyLimit: 100, body: z.json(), handle: async () => json(200, {}) })];
const app = fastifyServer([{ name: "test", routes }], silentResponder({ logger }), http);

beforeAll(() => app.listen({ host: "127.0.0.1", port: 0 }));
afterAll(async () => {
  await http.drain();
  await app.close();
});

async function answerTo(text: string): Promise<{ status: number; body: string }> {
  const { port } = http.node.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body };
}

const post = (headers: string) =>
  `POST / HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: 2\r\nConnection: close\r\n\r\n{}`;

const chunked = (headers: string) =>
  `POST / HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n`;

describe("a request that is not as it should be", () => {
  it.each([
    ["a header without a value", post("content-type;\r\n"), 400],
    ["no HTTP", "\x00\x01\r\n\r\n", 400],
    ["a method that there is not", "FOO / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["headers of 20 kB", post(`x: ${"a".repeat(20_000)}\r\n`), 431],
    ["a chunk without a length", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
    ["more headers than Node keeps, although they are small", post("a: b\r\n".repeat(1_000)), 400],
    ["two lengths", post("Content-Length: 7\r\n"), 400],
    ["an encoding that there is not", post("content-encoding: zip\r\n"), 415],
    ["a method that the path does not take", "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405],
    ["a method that reads with a body", "QUERY / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405],
    ["the same where there is nothing", "QUERY /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404],
    ["two hosts", post("HOST: y\r\n"), 400],
    ["two hosts of one name", post("host: x\r\n"), 400],
    ["two keys", post("Authorization: Bearer a\r\nauthorization: Bearer a\r\n"), 400],
    ["two content types", post("Content-Type: application/json\r\nContent-Type: text/plain\r\n"), 400],
    ["a coding of the transfer", chunked("Transfer-Encoding: gzip, chunked\r\n"), 400],
    ["a length beside chunks", post("Transfer-Encoding: chunked\r\n"), 400],
    ["a target of another host", "GET http://y/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400],
    [
      "a target of the same host that does not take the method",
      "GET HTTP://X/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      405,
    ],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["a proxy's method", "CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 405],
    ["an expectation that nobody meets", post("Expect: 200-ok\r\n"), 417],
    ["a path that cannot be decoded", "GET /%ZZ?%ZZ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404],
  ])("gets its status and the reason in JSON: %s", async (_, text, status) => {
    const answer = await answerTo(text);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toMatch(/\.$/);
  });

  it("is refused for none of what may stand there: chunks in any letters, and what follows them", async () => {
    expect((await answerTo(chunked("Transfer-Encoding: Chunked\r\n"))).status).toBe(200);
    const trailer = chunked("Transfer-Encoding: chunked\r\nTrailer: host\r\n").replace(
      "0\r\n\r\n",
      "0\r\nHost: y\r\n\r\n",
    );
    expect((await answerTo(trailer)).status).toBe(200);
  });

  it.each([
    [";", 415],
    ["a/b/c", 415],
    ["application/json;;;", 200],
  ])("is no fault of ours with the content type %s", async (type, status) => {
    expect((await answerTo(post(`content-type: ${type}\r\n`))).status).toBe(status);
  });

  it("is no error of ours, nor is a caller who hangs up", async () => {
    const { port } = http.node.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{");
    await once(http.node, "request");
    socket.destroy();
    await answerTo(post(""));
    expect(lines).toEqual([]);
  });
});
