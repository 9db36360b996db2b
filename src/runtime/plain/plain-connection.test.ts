import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { type Serving, serving } from "#test/support/serving.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { type HttpHandler, json } from "../http.ts";
import { pathListener } from "../listener.ts";
import type { Route } from "../route.ts";
import { PlainConnection } from "./plain-connection.ts";

const route = (method: Route["method"], path: string, handle: HttpHandler, bodyLimit?: number): Route => {
  const about = { summary: "A test", responses: {} };
  return { method, path, access: "open", about, handle, bodyLimit };
};
const echo: HttpHandler = ({ method, path, query, headers, body }) =>
  json(200, { method, path, query, headers: Object.entries(headers).sort(), body: body.toString("base64") });

async function* pieces() {
  for (let i = 0; i < 20; i++) yield `${i},`.repeat(3_000);
}

let waits = 0;
/** Requests that are worked on at the same time. */
let now = 0;
let most = 0;
let ends = 0;

/** Whose end is told. */
function told(): AsyncIterableIterator<string> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => ({ done: false, value: "more" }),
    return: async () => {
      ends += 1;
      return { done: true, value: undefined };
    },
  };
}

/** One of each kind of response. */
const routes = [
  route("GET", "/", echo),
  route("POST", "/", echo, 20_000),
  route("POST", "/small", echo, 3),
  route("POST", "/unread", () => json(200, { path: "/unread" })),
  route("POST", "/late", async (request) => sleep(3).then(() => echo(request)), 1_000),
  route("POST", "/empty", () => ({ status: 204, headers: {}, body: "" }), 1_000),
  route("GET", "/unchanged", () => ({ status: 304, headers: { etag: '"1"' }, body: "" })),
  route("GET", "/text", () => ({ status: 200, headers: { "content-type": "text/plain" }, body: "héllo wörld ✓" })),
  route("GET", "/bytes", () => ({ status: 200, headers: {}, body: Uint8Array.from([0, 255, 13, 10]) })),
  route("GET", "/pieces", () => ({ status: 200, headers: {}, body: "head", rest: pieces() })),
  route("GET", "/no-pieces", () => ({ status: 200, headers: {}, body: "head", rest: failing() })),
  route("GET", "/late-pieces", async () => {
    await sleep(100);
    return { status: 200, headers: {}, body: "head", rest: told() };
  }),
  route("GET", "/wait", async () => {
    await sleep(1);
    waits += 1;
    return json(200, {});
  }),
  route("GET", "/at-once", async () => {
    now += 1;
    most = Math.max(most, now);
    await sleep(1);
    now -= 1;
    return json(200, {});
  }),
  route("POST", "/unread-pieces", () => ({ status: 200, headers: {}, body: "head", rest: told() })),
  route("GET", "/wrong", async () => Promise.reject(new InvalidInput("It is wrong."))),
  route("GET", "/defect", () => ({ status: 200, headers: { "x-broken": "a\r\nb" }, body: "" })),
];

// biome-ignore lint/correctness/useYield: it fails before.
async function* failing(): AsyncGenerator<string> {
  throw new InvalidInput("There is no piece.");
}

const head = (line: string, ...headers: string[]) =>
  `${[`${line} HTTP/1.1`, "Host: x", "X-Request-Id: r", ...headers].join("\r\n")}\r\n\r\n`;
const post = (path: string, body: string, ...headers: string[]) =>
  `${head(`POST ${path}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`)}${body}`;

const characters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
const names = characters.flatMap((one) => characters.map((other) => `${one}${other}`)).filter((name) => name !== "te");

const zipped = gzipSync("hello").toString("latin1");

/** What clients send that is right, plain or not: as one byte for each character. */
const right = [
  head("GET /"),
  head("GET /?a=b"),
  head("GET /", "Content-Length: 0"),
  head("GET /", "Accept: */*", "User-Agent: curl/7.88.1", "Accept-Encoding: gzip", 'ce-id: "a\\"b"'),
  head("GET /", "A_b: 1", "ce-subject: Jos\xc3\xa9"),
  head("GET /", "Cookie: a=b", "Cookie: c=d", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2"),
  head("HEAD /"),
  head("OPTIONS /"),
  head("PUT /", "Content-Length: 0"),
  head("GET /nothing"),
  head("GET /unchanged"),
  head("GET /text"),
  head("GET /bytes"),
  head("GET /pieces"),
  head("GET /no-pieces"),
  head("GET /wrong"),
  post("/", ""),
  post("/", "{}"),
  post("/", "x".repeat(9_000)),
  post("/", "x".repeat(17_000)),
  post("/", "\r\n\r\nGET / HTTP/1.1\r\nHost: y\r\n\r\n"),
  post("/late", "late"),
  post("/empty", "x"),
  post("/unread", "nobody reads it"),
  post("/small", "too large"),
  `${head("POST /", "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
  `${head("POST /", "Content-Encoding: gzip", `Content-Length: ${zipped.length}`)}${zipped}`,
  `\r\n${head("GET /")}`,
  // More headers than Node reads.
  head("GET /", ...names.map((name) => `${name}:`)),
];

/** What is the end of a connection, be it by what it says or as it is wrong. */
const last: readonly [what: string, text: string][] = [
  ["a request that says so", head("GET /", "Connection: close")],
  ["one with a body that says so", post("/late", "last", "Connection: close")],
  ["HTTP/1.0", "GET / HTTP/1.0\r\nX-Request-Id: r\r\n\r\n"],
  ["a space before a colon", head("GET /", "Content-Length : 2")],
  ["a header on two lines", head("GET /", " folded: 1")],
  ["a bare line feed", head("GET /", "a: b\nc: d")],
  ["two lengths", post("/", "ab", "Content-Length: 1")],
  ["a length beside chunks", post("/", "ab", "Transfer-Encoding: chunked")],
  ["nonsense", "nonsense\r\n\r\n"],
  ["headers of 20 kB", head("GET /", `a: ${"b".repeat(20_000)}`)],
];

let plain: Serving;
let byNode: Serving;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  const limits = { bodyMilliseconds: 1_000, heldBytes: 64 * 1024 * 1024 };
  const listening = () => pathListener([{ name: "test", routes }], silentResponder({ limits }));
  plain = await serving(await listening());
  byNode = await serving(await listening(), { byNode: true });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all([plain.stop(), byNode.stop()]);
});

function opened(port: number): { socket: Socket; received: () => string } {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined);
  sockets.push(socket);
  let text = "";
  socket.on("data", (data: Buffer) => {
    text += data.toString("latin1");
  });
  const received = () =>
    text.replace(/^Date: .*$/gm, "Date: now").replace(/^x-request-id: [\da-f-]{36}$/gm, "x-request-id: made here");
  return { socket, received };
}

interface Received {
  readonly text: string;
  /** Whether the connection was reset, with which the end of what came may be lost. */
  readonly isReset: boolean;
}

/** What comes back until the connection is closed, which one of the requests asks for. */
async function responsesTo(port: number, parts: readonly string[], isPaced: boolean): Promise<Received> {
  const { socket, received } = opened(port);
  let isReset = false;
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {
    isReset = true;
  });
  for (const part of parts) {
    if (!socket.writable) break;
    socket.write(part, "latin1");
    if (isPaced) await sleep(1);
  }
  await closed;
  return { text: received(), isReset };
}

/** Sends the same to both servers, and returns what both responded. */
async function compared(parts: readonly string[], isPaced: boolean): Promise<string> {
  const ours = await responsesTo(plain.port, parts, isPaced);
  const nodes = await responsesTo(byNode.port, parts, isPaced);
  const length = ours.isReset || nodes.isReset ? Math.min(ours.text.length, nodes.text.length) : undefined;
  expect(ours.text.slice(0, length)).toBe(nodes.text.slice(0, length));
  return ours.text;
}

/** A text in pieces of the lengths, again and again. */
function cut(text: string, lengths: readonly number[]): string[] {
  const parts: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    parts.push(text.slice(at, at + length));
    at += length;
  }
  return parts;
}

/** What a request may be spoiled with, as one byte for each character. */
const spoils = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  fc.constantFrom(
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\r\n\r\n",
    "\r\n ",
    ":",
    ", ",
    "0",
    "+",
    "/",
    "?",
    "#",
    "//y",
    "\0",
  ),
  fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/1.1", "http://y/", "GET ", "POST ", "CONNECT ", "PRI * "),
  fc
    .constantFrom(
      ...["Host: y", "Host:", "Content-Length: 3", "Content-Length: 0", "Content-Length: 2, 2", "Content-Length: 007"],
      ...[
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: x",
        "Transfer-Encoding : chunked",
        "Content-Encoding: gzip",
      ],
      ...[
        "Connection: close",
        "Connection: keep-alive",
        "Connection: upgrade",
        "Upgrade: h2c",
        "Keep-Alive: timeout=1",
      ],
      ...[
        "Expect: 100-continue",
        "Expect: x",
        "Content-Type: a/b",
        "Content-Type: c/d",
        "Authorization: x",
        "TE: trailers",
      ],
      ...[
        "Proxy-Connection: close",
        "Trailer: a",
        "Set-Cookie: a=b",
        "A: b\r\n c",
        "X-Request-Id: 1",
        "__proto__: a",
        "a",
      ],
    )
    .map((line) => `${line}\r\n`),
);
const spoiled = (texts: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 2 }), fc.boolean(), spoils), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([text, all]) =>
      all.reduce((before, [place, cut, isLine, spoil]) => {
        const somewhere = Math.floor(place * before.length);
        // Whole lines come in between lines, as often as not.
        const at = isLine ? before.indexOf("\r\n", somewhere) + 2 : somewhere;
        return before.slice(0, at) + spoil + before.slice(at + (isLine ? 0 : cut));
      }, text),
    );

describe("a connection is responded to as by Node's server", () => {
  it("whatever is wrong with a request, be it before others or behind them", async () => {
    // More than any of the lengths: so whatever it is taken for, the connection ends.
    const rest = head("GET /?last", "Connection: close").repeat(300);
    // Nor is any response so long that some of it is lost where Node closes a connection on which more has come than it read.
    const small = right.filter((text) => text.length < 500 && !text.includes("pieces"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...small), { maxLength: 2 }),
        spoiled(small),
        fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (requests, text, lengths, isPaced) => {
          const all = requests.join("") + text + rest;
          const parts = cut(all, [...lengths, Math.ceil(all.length / 20)]);
          await compared(parts, isPaced);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("whatever requests come on it, one behind the other, in whatever pieces", async () => {
    const end = head("GET /?last", "Connection: close");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...right), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (requests, lengths, isPaced) => {
          const text = requests.join("") + end;
          const smallest = Math.max(...lengths, text.length / 50);
          const parts = cut(text, [...lengths, Math.ceil(smallest)]);
          expect(await compared(parts, isPaced)).toContain('"query":"last"');
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(last)("also where it ends with %s", async (_, text) => {
    const plainFirst = [head("GET /"), post("/", "{}")];
    const [ours, nodes] = await Promise.all(
      [plain, byNode].map(async ({ port }) => {
        const { socket, received } = opened(port);
        const closed = once(socket, "close");
        for (const one of plainFirst) {
          socket.write(one);
          await once(socket, "data");
        }
        socket.write(text, "latin1");
        await closed;
        return received();
      }),
    );
    expect(ours).toBe(nodes);
    expect(ours).toMatch(/Connection: close/i);
  });

  it("also where the rest of a body does not come, or the caller ends it", async () => {
    const part = post("/", "hello").slice(0, -2);
    const [ours, nodes] = await Promise.all(
      [plain, byNode].map(async ({ port }) => {
        const { socket, received } = opened(port);
        socket.write(part);
        await sleep(200);
        expect(received()).toBe("");
        socket.end();
        await once(socket, "close");
        return received();
      }),
    );
    expect(ours).toBe(nodes);
    expect(ours).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("a connection with plain requests", () => {
  it("is served to the end if its caller sends no more than those", async () => {
    const { socket, received } = opened(plain.port);
    socket.end(post("/late", "one") + post("/late", "two"));
    await once(socket, "close");
    expect(received().match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });

  it("is Node's from the first one that is not plain, which waits for those before it", async () => {
    const { socket, received } = opened(plain.port);
    let came = 0;
    plain.node.on("request", () => {
      came += 1;
    });
    socket.write(post("/late", "one"));
    await expect.poll(received).toContain(Buffer.from("one").toString("base64"));
    expect(came).toBe(0);
    socket.write(post("/late", "two") + head("OPTIONS /") + post("/", "three"));
    await expect.poll(received).toContain(Buffer.from("three").toString("base64"));
    expect(came).toBe(2);
    expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual([200, 200, 405, 200].map((status) => `HTTP/1.1 ${status}`));
  });

  it("tells of a response that cannot be sent", async () => {
    const { socket, received } = opened(plain.port);
    socket.write(head("GET /defect") + head("GET /text"));
    await expect
      .poll(() => received().match(/HTTP\/1\.1 .*/g))
      .toEqual(["HTTP/1.1 500 Internal Server Error", "HTTP/1.1 200 OK"]);
    expect(received()).not.toContain("x-broken");
  });

  it("waits for the second piece of a request, and not longer than a moment", async () => {
    const { socket, received } = opened(plain.port);
    let came = 0;
    plain.node.on("request", () => {
      came += 1;
    });
    const text = post("/", "hello");
    socket.write(text.slice(0, -3));
    await sleep(10);
    socket.write(text.slice(-3));
    await expect.poll(received).toContain(Buffer.from("hello").toString("base64"));
    expect(came).toBe(0);
    socket.write(text.slice(0, -3));
    await expect.poll(() => came).toBe(1);
    socket.write(text.slice(-3));
    await expect.poll(() => received().match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });

  it("is Node's where the rest of a request comes slowly, so that it has as long as any other", async () => {
    const { socket, received } = opened(plain.port);
    socket.write(post("/", "x".repeat(9_000)).slice(0, -8_000));
    const sending = setInterval(() => socket.write("x"), 20);
    try {
      await expect.poll(received, { timeout: 5_000 }).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      clearInterval(sending);
    }
  });

  it("takes no more of what is sent behind a request than it is about to respond to", async () => {
    const one = head("GET /wait");
    const taking = once(plain.node, "connection") as Promise<[Socket]>;
    const { socket } = opened(plain.port);
    const [served] = await taking;
    const waited = waits;
    const text = one.repeat(20_000);
    for (let i = 0; i < 20; i++) socket.write(text);
    await sleep(500);
    const responded = waits - waited;
    expect(responded).toBeGreaterThan(10);
    expect(served.bytesRead).toBeLessThan(responded * one.length + 4 * 64 * 1024);
  });

  it("lets go of what pieces are made of where the caller left before the first", async () => {
    const { socket } = opened(plain.port);
    const before = ends;
    socket.write(head("GET /late-pieces"));
    await sleep(10);
    socket.resetAndDestroy();
    await expect.poll(() => ends).toBe(before + 1);
  });

  it("does not hurt where its caller goes away at any moment", async () => {
    const texts = ["", post("/late", "one"), post("/", "one").slice(0, -1), head("GET /pieces")];
    for (const text of [...texts, head("HEAD /"), head("GET /", "Expect: x"), head("CONNECT x:1"), "nonsense\r\n\r\n"])
      for (const milliseconds of [0, 1]) {
        const { socket } = opened(plain.port);
        await once(socket, "connect");
        socket.write(text);
        if (milliseconds > 0) await sleep(milliseconds);
        socket.resetAndDestroy();
      }
    const { received, socket } = opened(plain.port);
    socket.write(head("GET /"));
    await expect.poll(received).toMatch(/^HTTP\/1\.1 200 /);
    await expect.poll(() => connectionsOf(plain)).toBe(1);
  });
});

describe.each([
  ["by Node", true],
  ["as they come if they are plain", false],
])("a connection of which requests are read %s", (_, isNodes) => {
  const port = () => (isNodes ? byNode : plain).port;

  it.each([
    ["nonsense", "nonsense\r\n\r\n", 400],
    ["a proxy's method", head("CONNECT x:1"), 405],
    ["a body that is broken", `${head("POST /", "Transfer-Encoding: chunked")}x\r\n`, 400],
  ])("is not ended by %s before those that came first have their whole responses", async (_, text, status) => {
    const { socket, received } = opened(port());
    socket.write(post("/late", "one") + head("GET /pieces"));
    await expect.poll(received).toContain("\r\n0,0,");
    const ended = once(socket, "close");
    socket.write(text);
    await ended;
    expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual([200, 200, status].map((one) => `HTTP/1.1 ${one}`));
    expect(received()).toContain("19,\r\n0\r\n\r\nHTTP/1.1");
  });

  it("sends all of the last response to a caller who goes on sending", async () => {
    const { socket, received } = opened(port());
    socket.pause();
    socket.write("nonsense\r\n\r\n");
    for (let i = 0; i < 20; i++) {
      await sleep(2);
      socket.write("x".repeat(10_000));
    }
    const ended = once(socket, "end");
    socket.resume();
    await ended;
    expect(received()).toMatch(/^HTTP\/1\.1 400 .*\}$/s);
  });

  it("works on one request at a time", async () => {
    const { socket, received } = opened(port());
    most = 0;
    socket.write(head("HEAD /at-once").repeat(isNodes ? 1 : 0) + head("GET /at-once").repeat(50));
    await expect.poll(() => received().match(/HTTP\/1\.1 200 /g)?.length).toBe(isNodes ? 51 : 50);
    expect(most).toBe(1);
  });
});

it("a connection is cut where the body of a request turns out to be broken when its response has begun", async () => {
  const { socket, received } = opened(plain.port);
  socket.write(`${head("POST /unread-pieces", "Transfer-Encoding: chunked")}3\r\nabc\r\n`);
  await expect.poll(received).toContain("more");
  const closed = once(socket, "close");
  socket.write("x\r\n");
  await closed;
  expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
});

it("a connection of Node's is cut where more is sent behind a request than anybody does", async () => {
  const { socket, received } = opened(byNode.port);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(head("GET /wait").repeat(1_000));
  await closed;
  expect(received().match(/HTTP\/1\.1 200 /g) ?? []).toHaveLength(0);
});

it("a head is refused as by Node also where fewer bytes of it are taken than are plain", async () => {
  const listening = await pathListener([{ name: "test", routes }], silentResponder());
  const servers = [
    await serving(listening, { headersLimit: 500 }),
    await serving(listening, { headersLimit: 500, byNode: true }),
  ];
  for (const size of [300, 400, 410, 420, 430, 440, 450, 460, 470, 480, 490, 500, 600, 5_000]) {
    const text = head("GET /text", `a: ${"b".repeat(size)}`) + head("GET /", "Connection: close");
    const [ours, nodes] = await Promise.all(servers.map(({ port }) => responsesTo(port, [text], false)));
    expect(ours).toEqual(nodes);
    expect(ours?.text).toMatch(size < 400 ? /^HTTP\/1\.1 200 / : size >= 500 ? /^HTTP\/1\.1 431 / : /^HTTP/);
  }
  await Promise.all(servers.map((server) => server.stop()));
});

describe("a plain response", () => {
  let server: Server;
  afterEach(() => server.close());

  it.each([
    ["is cut where its caller takes nothing of it for a while", 100, true, {}],
    ["is cut then where it is the last one, too", 100, true, { connection: "close" }],
    ["is not while they take it slowly", 1_000, false, {}],
  ])("%s", async (_, stalledMilliseconds, isCut, further) => {
    const body = "x".repeat(20_000_000);
    let wasCut: boolean | undefined;
    server = createServer((socket) => {
      new PlainConnection({
        socket,
        server: { respond: async (exchange) => exchange.send({ status: 200, headers: {}, body }, () => further) },
        toNode: () => socket.destroy(),
        ended: () => {
          wasCut = false;
        },
        stalledMilliseconds,
      });
      socket.once("close", () => {
        wasCut ??= true;
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const socket = connect(address.port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.write(head("GET /"));
    let size = 0;
    if (isCut) socket.pause();
    else
      socket.on("data", (data) => {
        size += data.length;
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
    await expect.poll(() => wasCut, { timeout: 10_000 }).toBe(isCut);
    if (!isCut) await expect.poll(() => size).toBeGreaterThan(body.length);
  });
});

function connectionsOf({ node }: Serving): Promise<number> {
  return new Promise((resolve) => node.getConnections((_, count) => resolve(count)));
}
