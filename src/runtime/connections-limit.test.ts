import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Serving, serving } from "#test/support/serving.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { pathListener } from "./listener.ts";
import type { Route } from "./route.ts";

const most = 10;
let server: Serving;
let sockets: Socket[];
let release: () => void;
/** Requests that are worked on until `release`. */
let waiting: number;

/** Started by each group of tests, which say who reads requests. */
async function start(byNode: boolean): Promise<void> {
  sockets = [];
  waiting = 0;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const route = (method: Route["method"], path: string, handle: Route["handle"]): Route => {
    const about = { summary: "A test", responses: {} };
    return { method, path, access: "open", about, bodyLimit: 10_000, handle };
  };
  const ok = { status: 200, headers: {}, body: "ok" };
  const routes = [
    route("GET", "/", () => ok),
    route("POST", "/", () => ok),
    route("GET", "/healthz", () => ok),
    // More than the system takes of what nobody reads.
    route("GET", "/large", () => ({ ...ok, body: Buffer.alloc(20_000_000) })),
    route("GET", "/slow", async () => {
      waiting += 1;
      await released;
      return ok;
    }),
  ];
  const listening = await pathListener([{ name: "test", routes }], silentResponder());
  server = await serving(listening, { byNode, connectionsLimit: most });
}

afterEach(async () => {
  release();
  for (const socket of sockets) socket.destroy();
  await server.stop();
});

async function open(text: string): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => undefined);
  sockets.push(socket);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

/** What a new connection gets until it is closed. */
async function health(): Promise<string> {
  const socket = await open("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  let text = "";
  socket.on("data", (data) => {
    text += String(data);
  });
  await once(socket, "close");
  return text;
}

const connected = () => new Promise((resolve) => server.node.getConnections((_, count) => resolve(count)));

describe.each([
  ["by Node", true],
  ["as they come if they are plain", false],
])("connections that are open at the same time, of which requests are read %s", (_, byNode) => {
  beforeEach(() => start(byNode));

  it.each([
    ["that send nothing", ""],
    ["that send a part of a request's headers", "GET / HTTP/1.1\r\nHost:"],
    ["that send a part of a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"],
    ["that have had their response", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
  ])("are bounded, and those %s keep nobody else out", async (_, text) => {
    for (let i = 0; i < 4 * most; i++) {
      await open(text);
      if (i % most === 0) expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
    expect(await connected()).toBeLessThanOrEqual(most);
  });

  it("are bounded, and those that do not read their responses keep nobody else out", async () => {
    for (let i = 0; i < most; i++) (await open("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2))).pause();
    await sleep(200);
    expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("do not give way while a request is worked on that others were sent behind", async () => {
    const part = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{";
    const served = await Promise.all(
      Array.from({ length: most }, () => open(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${part}`)),
    );
    await expect.poll(() => waiting).toBe(most);
    expect(await health()).toBe("");
    const texts = Promise.all(served.map(async (socket) => String((await once(socket, "data"))[0])));
    release();
    expect(await texts).toEqual(served.map(() => expect.stringMatching(/^HTTP\/1\.1 200 /)));
    // Now each waits for the rest of the body.
    expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ["of a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n", "x"],
    ["of a request's headers", "GET / HTTP/1.1\r\nHost: x\r\n", "A: b\r\n"],
  ])("give way where nothing comes before those where more comes %s", async (_, text, more) => {
    const coming = await Promise.all(Array.from({ length: most / 2 }, () => open(text)));
    const sending = setInterval(() => {
      for (const socket of coming) if (socket.writable) socket.write(more);
    }, 20);
    try {
      await sleep(50);
      const stalled = await Promise.all(Array.from({ length: most / 2 }, () => open(text)));
      await sleep(1_200);
      const closed = stalled.map((socket) => once(socket, "close"));
      for (let i = 0; i < most / 2; i++) expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
      await Promise.race(closed);
      expect(coming.filter(({ destroyed }) => destroyed)).toEqual([]);
    } finally {
      clearInterval(sending);
    }
  });

  it("give way only where they wait for their caller", async () => {
    const slow = "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const served = await Promise.all(Array.from({ length: most }, () => open(slow)));
    await expect.poll(() => waiting).toBe(most);
    expect(await health()).toBe("");
    expect(served.filter(({ destroyed }) => destroyed)).toEqual([]);
    const ended = Promise.all(served.map((socket) => once(socket.resume(), "end")));
    release();
    await ended;
    expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
  });
});
