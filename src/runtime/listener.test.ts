import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { Failure, InvalidInput } from "#churn/failure.ts";
import { type Serving, serving } from "#test/support/serving.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { traceparentHeaderOf } from "./correlation.ts";
import { fastifyListener } from "./fastify-listener.ts";
import { empty, type HttpHandler, type HttpRequest, json } from "./http.ts";
import { type Listening, type MakeListener, pathListener } from "./listener.ts";
import { createLogger, type Logger } from "./logging.ts";
import { healthRoutes, metricsRoute } from "./operational.ts";
import type { Route } from "./route.ts";

const limit = 1_000;
const echo: HttpHandler = async ({ method, path, headers, body }) =>
  json(200, { method, path, type: headers["content-type"], body: body.toString() });

class StoreDown extends Failure {
  override readonly name = "StoreDown";
  override readonly kind = "unavailable";
}

let server: Server | undefined;
const started: Serving[] = [];
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

describe.each([
  ["by path alone", "by Node", starter(pathListener)],
  ["by Fastify", "by Node", starter(fastifyListener)],
  ["by path alone", "as they come if they are plain", plainStarter(pathListener)],
  ["by Fastify", "as they come if they are plain", plainStarter(fastifyListener)],
])("a server whose routes are found %s, and requests read %s", (_, __, start) => {
  it("hands a POST request to the function, whatever its content type claims", async () => {
    const url = await start(echo);
    for (const type of ["application/json", "application/json; charset=klingon", "text/plain", "x"]) {
      const answer = await fetch(`${url}?a=b`, {
        method: "POST",
        headers: { "content-type": type },
        body: "{not json",
      });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ method: "POST", path: "/", type, body: "{not json" });
    }
  });

  it("hands over an empty body", async () => {
    const url = await start(echo);
    const answer = await fetch(url, { method: "POST" });
    expect(await answer.json()).toMatchObject({ body: "" });
  });

  it.each([
    { isSentTogether: true, when: "after", order: ["handled", "next turn", "sent"] },
    { isSentTogether: undefined, when: "before", order: ["handled", "sent", "next turn"] },
  ])(
    "sends a response $when the next turn where isSentTogether is $isSentTogether",
    async ({ isSentTogether, order }) => {
      const seen: string[] = [];
      const url = await start(
        () => {
          seen.push("handled");
          setImmediate(() => seen.push("next turn"));
          return json(200, {});
        },
        { isSentTogether, sent: () => seen.push("sent") },
      );
      await (await fetch(url, { method: "POST", body: "{}" })).arrayBuffer();
      expect(seen).toEqual(order);
    },
  );

  it("decompresses bodies", async () => {
    const url = await start(echo);
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-encoding": "gzip" },
      body: gzipSync("hello"),
    });
    expect(await answer.json()).toMatchObject({ body: "hello" });
  });

  it("hands over the query, and responds without a body where there is none", async () => {
    let seen: string | undefined;
    const url = await start(async ({ query }) => {
      seen = query;
      return empty(204);
    });
    const answer = await fetch(`${url}?a=b&c`, { method: "POST" });
    expect([answer.status, await answer.text(), seen]).toEqual([204, "", "a=b&c"]);
  });

  it.each([
    ["GET", "/", 405],
    ["PUT", "/", 405],
    ["POST", "/elsewhere", 404],
    ["GET", "/favicon.ico", 404],
    ["GET", "/%ZZ", 404],
    ["POST", "/%E0%A4%A", 404],
    ["DELETE", "/healthz", 405],
    ["GET", "//evil.example/", 404],
  ])("answers %s %s with %i in JSON", async (method, path, status) => {
    const answer = await fetch((await start(echo)).slice(0, -1) + path, { method });
    expect(answer.status).toBe(status);
    expect(await errorOf(answer)).toBeTypeOf("string");
  });

  it("names the methods that a path takes, without waiting for a body", async () => {
    const { port } = new URL(await start(echo));
    const head = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 10\r\n\r\n";
    const { status, head: headers, body } = parseRaw(await exchange(Number(port), head));
    expect(status).toBe(405);
    expect(headers).toMatch(/allow: POST/i);
    expect(JSON.parse(body)).toEqual({ error: "/ takes POST, not PUT." });
  });

  it.each([
    ["unknown", "abc", 415, "The content encoding must be"],
    ["gzip", "this is not gzip", 400, "The body is not valid gzip."],
    ["gzip", gzipSync("x".repeat(limit + 1)), 413, "larger than 1000 bytes"],
  ])(
    "refuses a body that is %s encoded wrongly or too large when unpacked",
    async (encoding, body, status, message) => {
      const answer = await fetch(await start(echo), {
        method: "POST",
        headers: { "content-encoding": encoding },
        body,
      });
      expect(answer.status).toBe(status);
      expect(await errorOf(answer)).toContain(message);
    },
  );

  it("refuses a large body by its length, without waiting for it", async () => {
    const { port } = new URL(await start(echo));
    const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n";
    const { status, body } = parseRaw(await exchange(Number(port), head));
    expect(status).toBe(413);
    expect(JSON.parse(body).error).toContain("larger than 1000 bytes");
  });

  it("refuses a large body of unknown length, and answers a client that goes on sending", async () => {
    const url = await start(echo);
    const request = httpRequest(url, { method: "POST", headers: { "transfer-encoding": "chunked" } });
    request.on("error", () => {});
    const answered = once(request, "response");
    for (let i = 0; i < 200; i++) request.write(Buffer.alloc(64 * 1024));
    const [response] = await answered;
    request.end();
    expect(response.statusCode).toBe(413);
    expect(response.headers["content-type"]).toContain("application/json");
  });

  it("maps failures, and hides defects", async () => {
    const failing =
      (error: unknown): HttpHandler =>
      () =>
        Promise.reject(error);
    const refused = await fetch(await start(failing(new InvalidInput("id is required."))), { method: "POST" });
    expect([refused.status, await errorOf(refused)]).toEqual([400, "id is required."]);
    server?.close();
    const later = await fetch(await start(failing(new StoreDown("down"))), { method: "POST" });
    expect([later.status, later.headers.get("retry-after")]).toEqual([503, "5"]);
    server?.close();
    const defect = await fetch(await start(failing(new Error("<html>secret"))), { method: "POST" });
    expect(defect.status).toBe(500);
    expect(await errorOf(defect)).not.toContain("secret");
  });

  it("answers in JSON when the function's own answer cannot be written", async () => {
    const url = await start(async () => ({ status: 200, headers: { "x-broken": "a\nb" }, body: "" }));
    const answer = await fetch(url, { method: "POST" });
    expect(answer.status).toBe(500);
    expect(await errorOf(answer)).toBeTypeOf("string");
  });

  it("says that it is alive and ready, and how it is doing", async () => {
    const metricsRegistry = new Registry();
    const url = await start(() => Promise.reject(new StoreDown("down")), { metrics: metricsRegistry });
    await fetch(url, { method: "POST" });
    expect(await (await fetch(`${url}healthz`)).json()).toEqual({ status: "alive" });
    expect(await (await fetch(`${url}readyz`)).json()).toEqual({ status: "ready" });
    const metrics = await (await fetch(`${url}metrics`)).text();
    expect(metrics).toContain('lapse_requests_total{function="test",route="/",status="503"} 1');
    expect(metrics).toContain('lapse_store_errors_total{function="test",failure="StoreDown"} 1');
    expect(metrics).toContain('lapse_request_duration_seconds_count{function="test",route="/"} 1');
  });

  it("says that it is alive between requests that came at once and take long", async () => {
    let milliseconds = 0;
    const handled: string[] = [];
    const url = await start(({ body }) => {
      const until = performance.now() + milliseconds;
      while (performance.now() < until);
      handled.push(body.toString());
      return json(200, {});
    });
    const agent = new Agent({ keepAlive: true });
    const ask = async (path: string, body?: string) => {
      const sent = httpRequest(new URL(path, url), { agent, method: body === undefined ? "GET" : "POST" });
      sent.end(body);
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      await once(answer.resume(), "end");
    };
    const numbers = Array.from({ length: 20 }, (__, i) => String(i));
    const askAll = () => Promise.all(numbers.map((number) => ask("/", number)));
    // So that all have a connection.
    await Promise.all([askAll(), ask("/healthz")]);
    handled.length = 0;
    milliseconds = 20;
    const all = askAll();
    await ask("/healthz");
    expect(handled.length).toBeLessThan(5);
    await all;
    expect(handled).toHaveLength(20);
    agent.destroy();
  });

  it("tells the request's id in every answer: the caller's, or one of its own", async () => {
    const url = await start(() => Promise.reject(new InvalidInput("no")));
    const refused = await fetch(url, { method: "POST", headers: { "x-request-id": "r-1" } });
    expect([refused.status, refused.headers.get("x-request-id")]).toEqual([400, "r-1"]);
    const ids = await Promise.all(
      ["", "healthz", "nowhere"].map(async (path) => (await fetch(url + path)).headers.get("x-request-id")),
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids.join()).toMatch(/^[0-9a-f-]{36}(,[0-9a-f-]{36}){2}$/);
    const long = await fetch(url, { headers: { "x-request-id": "x".repeat(129) } });
    expect(long.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("joins its log entries and those of the function by request and trace", async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ service: "test", level: "debug" }, { stream, friendly: false });
    let seen: HttpRequest["correlation"];
    const handle: HttpHandler = async ({ correlation }) => {
      seen = correlation;
      throw new InvalidInput("no");
    };
    const [traceId, eventTraceId] = ["0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c"];
    const headers = { "x-request-id": "r-1", traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const url = await start(handle, { logger });
    await fetch(url, { method: "POST", headers });
    const entry = JSON.parse(lines[0] ?? "");
    expect(entry).toMatchObject({ "http.request.id": "r-1", "trace.id": traceId });
    expect(seen?.requestId).toBe("r-1");
    expect(traceparentHeaderOf(seen)).toBe(`00-${traceId}-${entry["span.id"]}-01`);
    expect(entry["span.id"]).not.toBe("b7ad6b7169203331");
    // An event may have waited in a queue, and came with another request: its own trace counts.
    await fetch(url, {
      method: "POST",
      headers: { ...headers, "ce-traceparent": `00-${eventTraceId}-b7ad6b7169203331-01` },
    });
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ "trace.id": eventTraceId });
  });

  it("keeps paths that nobody serves out of the metrics", async () => {
    const metricsRegistry = new Registry();
    const url = await start(echo, { metrics: metricsRegistry });
    await Promise.all(["a", "b", "c"].map((path) => fetch(url + path)));
    const metrics = await metricsRegistry.metrics();
    expect(metrics).toContain('route="other",status="404"} 3');
    expect(metrics).not.toContain("/a");
  });

  it("tells of nothing when the caller goes away in the middle", async () => {
    const metricsRegistry = new Registry();
    const url = await start(echo, { metrics: metricsRegistry });
    const socket = connect(Number(new URL(url).port));
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
    await once(server!, "request");
    socket.destroy();
    expect((await fetch(url, { method: "POST", body: "still here" })).status).toBe(200);
    expect(await metricsRegistry.metrics()).not.toContain('status="400"');
  });
});

describe("a caller who goes away while the rest of a refused body is awaited", () => {
  it("is told nothing, and no response is counted or logged", async () => {
    const metrics = new Registry();
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ service: "test", level: "debug" }, { stream, friendly: false });
    const url = await starter(pathListener)(echo, { metrics, logger });
    const socket = connect(Number(new URL(url).port));
    const asked = once(server!, "request");
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${limit + 1}\r\n\r\nhello`);
    const [, response] = await asked;
    await expect.poll(() => lines.join()).toContain("test refused a request.");
    const closed = once(response, "close");
    socket.destroy();
    await closed;
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect(response.headersSent).toBe(false);
    expect(await metrics.metrics()).not.toContain('status="413"');
    expect(lines.join()).not.toContain("answered");
  });
});

describe("closing a server", () => {
  const start = starter(pathListener);

  it("finishes the request in flight, whose client is slow, and takes no more", async () => {
    const url = await start(echo);
    const port = Number(new URL(url).port);
    const slow = connect(port);
    slow.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhello");
    await once(server!, "request");
    const closed = once(server!.close(), "close");

    await expect(fetch(url, { method: "POST" })).rejects.toThrow();
    const answered = readAll(slow);
    slow.write("world");
    const { status, head, body } = parseRaw(await answered);
    expect(status).toBe(200);
    expect(head).toMatch(/connection: close/i);
    expect(JSON.parse(body)).toMatchObject({ body: "helloworld" });
    await closed;
  });

  it("marks the last response to a request that was refused before, and of which the rest is still to come", async () => {
    const url = await start(echo);
    const slow = connect(Number(new URL(url).port));
    const asked = once(server!, "request");
    slow.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${limit + 1}\r\n\r\nhello`);
    await asked;
    const closed = once(server!.close(), "close");
    const answered = readAll(slow);
    slow.write("x".repeat(limit + 1 - "hello".length));
    const { status, head } = parseRaw(await answered);
    expect(status).toBe(413);
    expect(head).toMatch(/connection: close/i);
    await closed;
  });

  it("does not wait for idle connections", async () => {
    const url = await start(echo);
    const idle = connect(Number(new URL(url).port));
    idle.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    await once(idle, "data");
    await once(server!.close(), "close");
    idle.destroy();
  });
});

interface Started extends Partial<Route> {
  readonly metrics?: Registry;
  readonly logger?: Logger;
  /** Called when a response has been sent. */
  readonly sent?: () => void;
}

/** Starts a server, and returns its URL with a slash at its end. */
type Start = (handle: HttpHandler, options?: Started) => Promise<string>;

/** What starts a server of Node's. */
function starter(makeListener: MakeListener): Start {
  return async (handle, options) => {
    const own = createServer();
    const { listener } = await listeningOf(makeListener, handle, () => !own.listening, options);
    own.on("request", listener);
    server = own;
    await once(own.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(own.address() as AddressInfo).port}/`;
  };
}

/** What starts a server of ours. */
function plainStarter(makeListener: MakeListener): Start {
  return async (handle, options) => {
    const stopping = () => server?.listening === false;
    const one = await serving(await listeningOf(makeListener, handle, stopping, options));
    started.push(one);
    server = one.node;
    return one.url;
  };
}

async function listeningOf(
  makeListener: MakeListener,
  handle: HttpHandler,
  stopping: () => boolean,
  { metrics = new Registry(), logger, sent, ...more }: Started = {},
): Promise<Listening> {
  const responder = silentResponder({ metrics, ...(logger && { logger }), stopping });
  const about = { summary: "A test", responses: {} };
  const route: Route = { method: "POST", path: "/", access: "open", about, bodyLimit: limit, handle, ...more };
  const routes = [route, ...healthRoutes(() => undefined), metricsRoute(metrics)];
  const { listener, plain } = await makeListener([{ name: "test", routes }], responder);
  if (sent === undefined) return { listener, plain };
  return {
    listener(request, response) {
      response.once("finish", sent);
      return listener(request, response);
    },
    plain: {
      respond(exchange) {
        const send = exchange.send.bind(exchange);
        exchange.send = (...answer) => {
          const sending = send(...answer);
          sent();
          return sending;
        };
        return plain.respond(exchange);
      },
    },
  };
}

async function errorOf(answer: Response): Promise<unknown> {
  expect(answer.headers.get("content-type")).toContain("application/json");
  return ((await answer.json()) as { error: unknown }).error;
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port);
  socket.write(text);
  const [chunk] = await once(socket, "data");
  socket.destroy();
  return String(chunk);
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

function parseRaw(text: string): { status: number; head: string; body: string } {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head, body };
}
