import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import type { Elasticsearch, ElasticsearchOptions } from "./connection.ts";

let server: Server;
let elasticsearch: Elasticsearch;

afterEach(async () => {
  await elasticsearch.close();
  server.closeAllConnections();
  server.close();
});

async function startWith(
  respond: RequestListener,
  options: Partial<ElasticsearchOptions> = {},
  path = "",
): Promise<void> {
  server = createServer(respond);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  elasticsearch = testConnection({ url: `http://127.0.0.1:${port}${path}`, ...options });
}

const head = { "content-type": "application/json", "x-elastic-product": "Elasticsearch" };

function ask(options?: { requestTimeout: number }): Promise<unknown> {
  return elasticsearch.run("look", (client) => client.info({}, options));
}

it("reads a response that comes in pieces, cut within a character", async () => {
  const body = Buffer.from(JSON.stringify({ name: "Zoë" }));
  await startWith(async (_, response) => {
    const cut = body.indexOf("ë") + 1;
    response.writeHead(200, head).write(body.subarray(0, cut));
    await pause(20);
    response.end(body.subarray(cut));
  });
  expect(await ask()).toEqual({ name: "Zoë" });
});

it("sends path, query and body behind the path of the server's address", async () => {
  const got: unknown[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    got.push([request.method, request.url, request.headers.authorization, await text(request)]);
    response.writeHead(200, head).end('{"docs":[]}');
  };
  const auth = { apiKey: "key" };
  await startWith(respond, { auth }, "/behind/");
  await elasticsearch.run("look", (client) => client.mget({ index: "a b", ids: ["1"], realtime: false }));
  expect(got).toEqual([["POST", "/behind/a%20b/_mget?realtime=false", "ApiKey key", '{"ids":["1"]}']]);
});

it("tells of an error's status and reason", async () => {
  await startWith((_, response) => {
    response.writeHead(503, head).end('{"error":{"type":"no_master","reason":"none"},"status":503}');
  });
  await expect(ask()).rejects.toThrow("answered 503: no_master");
});

it.each([
  ["does not come", () => undefined],
  ["comes in part", (response: ServerResponse) => void response.writeHead(200, head).write('{"name":')],
])("fails in time where a response %s", async (_, begin) => {
  await startWith((_, response) => begin(response), { timeoutMilliseconds: 200 });
  await expect(ask()).rejects.toThrow("did not answer within 200 ms");
});

it("fails where a connection is cut within a response", async () => {
  await startWith(async (_, response) => {
    response.writeHead(200, { ...head, "content-length": 100 }).write('{"name":');
    await pause(20);
    response.destroy();
  });
  await expect(ask()).rejects.toThrow("cannot be reached");
});

it("gives a request a time of its own", async () => {
  await startWith(() => undefined);
  await expect(ask({ requestTimeout: 100 })).rejects.toThrow("did not answer");
});

it("takes compressed text for what it holds", async () => {
  const { gzipSync } = await import("node:zlib");
  await startWith((_, response) => {
    response.writeHead(200, { ...head, "content-encoding": "gzip" }).end(gzipSync('{"name":"zipped"}'));
  });
  expect(await ask()).toEqual({ name: "zipped" });
});
