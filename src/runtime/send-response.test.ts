import { once } from "node:events";
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { sendResponse } from "./send-response.ts";

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** More than the system takes of a response that nobody reads. */
const large = "x".repeat(20_000_000);
const headers = { "content-type": "text/plain" };
const none = () => ({});

it("sets no timer of its connection where the system takes all of it at once", async () => {
  let timeout: number | undefined;
  await serve((request, response) => {
    void sendResponse(request, response, { status: 200, headers, body: "small" }, none, 100);
    timeout = request.socket.timeout;
  });
  expect(await (await fetch(`http://127.0.0.1:${port()}`)).text()).toBe("small");
  expect(timeout ?? 0).toBe(0);
});

describe("a response whose caller takes nothing of it", () => {
  it.each([
    ["as a whole", { status: 200, headers, body: large }],
    ["in pieces, of the last one", { status: 200, headers, body: "x", rest: ofOne(large) }],
  ])("is cut after a while: %s", async (_, answer) => {
    await serve((request, response) => void sendResponse(request, response, answer, none, 100));
    const socket = await unread("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await cut(socket);
  });

  it("is cut too where it had to wait for the one before it", async () => {
    await serve((request, response) => {
      const send = () => void sendResponse(request, response, { status: 200, headers, body: large }, none, 100);
      if (request.url === "/first") setTimeout(() => response.end("first"), 50);
      else send();
    });
    await cut(await unread("GET /first HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n"));
  });

  it("arrives whole if they take it slowly", async () => {
    await serve((request, response) => {
      void sendResponse(request, response, { status: 200, headers, body: large }, none, 2_000);
    });
    const request = get({ port: port() });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let size = 0;
    for await (const chunk of response) {
      size += chunk.length;
      // Together longer than the while after which it would be cut.
      await sleep(10);
    }
    expect(size).toBe(large.length);
  });

  it("leaves its connection to requests that take longer than that", async () => {
    await serve((request, response) => {
      const send = (body: string) => void sendResponse(request, response, { status: 200, headers, body }, none, 100);
      if (request.url === "/slow") setTimeout(() => send("the end"), 400);
      else send(large);
    });
    const socket = await unread("GET / HTTP/1.1\r\nhost: x\r\n\r\nGET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    let last = "";
    socket.on("data", (data) => {
      last = (last + String(data)).slice(-7);
      if (last === "the end") socket.destroy();
    });
    await once(socket.resume(), "close");
    expect(last).toBe("the end");
  });
});

describe("a response to a request whose body is refused", () => {
  const refused = { status: 413, headers, body: "too large" };
  const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n";

  it("comes once the body has come to its end, after which the connection takes another request", async () => {
    let asked = 0;
    await serve((request, response) => {
      asked += 1;
      void sendResponse(request, response, refused, none);
    });
    const socket = connect(port());
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.write(`${head}12345`);
    await expect.poll(() => asked).toBe(1);
    // Far more turns than it takes to respond.
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    expect(text).toBe("");
    socket.write(`67890${head}1234567890`);
    await expect.poll(() => text.match(/HTTP\/1\.1 413/g)?.length).toBe(2);
    socket.destroy();
  });

  it("comes after a while where the caller waits for it", async () => {
    await serve((request, response) => void sendResponse(request, response, refused, none));
    const socket = connect(port());
    socket.write(`${head}12345`);
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });
});

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
}

const port = () => (server.address() as AddressInfo).port;

/** A connection of which nothing is read. */
async function unread(text: string): Promise<Socket> {
  const socket = connect(port(), "127.0.0.1");
  socket.pause();
  socket.on("error", () => undefined);
  await Promise.all([once(socket, "connect"), once(server, "connection")]);
  socket.write(text);
  return socket;
}

/** Waits until the server has cut a connection. */
async function cut(socket: Socket): Promise<void> {
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  await expect.poll(open).toBe(0);
  socket.destroy();
}

async function* ofOne(piece: string) {
  yield piece;
}
