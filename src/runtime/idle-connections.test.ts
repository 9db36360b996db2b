import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttpServer, type HttpServer } from "./http-server.ts";

const idleMilliseconds = 600;
const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
let http: HttpServer;
let socket: Socket;

beforeEach(async () => {
  http = createHttpServer(
    (request, response) => setTimeout(() => response.end("ok"), request.url === "/slow" ? 1_500 : 0),
    {
      idleMilliseconds,
    },
  );
  await once(http.node.listen(0, "127.0.0.1"), "listening");
  socket = connect((http.node.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
});

afterEach(async () => {
  socket.destroy();
  await http.drain();
});

async function responded(): Promise<string> {
  return String((await once(socket, "data"))[0]);
}

describe("a connection", () => {
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
