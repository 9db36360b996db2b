import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Serving, serving } from "#test/support/serving.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import type { HttpServerOptions } from "./http-server.ts";
import { pathListener } from "./listener.ts";
import type { Route } from "./route.ts";

const idleMilliseconds = 600;
const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
let server: Serving;
let socket: Socket;

async function start(byNode: boolean, options: HttpServerOptions = { idleMilliseconds }): Promise<void> {
  const route = (path: string, milliseconds: number): Route => ({
    ...{ method: "GET", path, access: "open", about: { summary: "A test", responses: {} } },
    handle: async () => {
      await sleep(milliseconds);
      return { status: 200, headers: {}, body: "ok" };
    },
  });
  const routes = [route("/", 0), route("/slow", 1_500)];
  const listening = await pathListener([{ name: "test", routes }], silentResponder());
  server = await serving(listening, { byNode, ...options });
  socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
}

afterEach(() => server.stop());

async function responded(): Promise<string> {
  return String((await once(socket, "data"))[0]);
}

describe.each([
  ["by Node", true],
  ["as they come if they are plain", false],
])("a connection of which requests are read %s", (_, byNode) => {
  beforeEach(() => start(byNode));

  it("is closed once it has been idle for a while", async () => {
    socket.write(request);
    expect(await responded()).toMatch(/^HTTP\/1\.1 200 .*ok$/s);
    const began = performance.now();
    await once(socket, "close");
    expect(performance.now() - began).toBeGreaterThan(idleMilliseconds - 100);
  });

  it("stays open while requests come", async () => {
    for (let i = 0; i < 6; i++) {
      socket.write(request);
      expect(await responded()).toMatch(/^HTTP\/1\.1 200 /);
      await sleep(idleMilliseconds / 3);
    }
  });

  it("stays open while one of them is worked on", async () => {
    socket.write(request.replace("/", "/slow"));
    expect(await responded()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

it("on which nothing ever comes is closed when headers should have come", async () => {
  const began = performance.now();
  await start(false, { idleMilliseconds: 6_000, headersMilliseconds: 400 });
  await once(socket.resume(), "close");
  expect(performance.now() - began).toBeGreaterThan(300);
  expect(performance.now() - began).toBeLessThan(4_000);
});
