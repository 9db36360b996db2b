import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { campaignAudience, digest } from "#runtime/event-kinds.ts";
import { MessageRefused, ReceiverUnavailable } from "./failures.ts";
import { handle, type WebhookServices } from "./function.ts";
import { messageId, signedHeaders } from "./sign.ts";

const secret = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
const event = digest.make({
  ...{ id: "2026-03-01.v1", source: "/lapse/changes", time: "2026-03-01T03:00:00.000Z" },
  data: {
    ...{ snapshot: "2026-03-01", model_version: "v1", here: 5, slipping: 1, at_risk: 2, lapsed: 3, value_at_risk: 20 },
    ...{ changed: { entered: 1, left: 0, lapsed: 0 }, top: [] },
  },
});

let server: Server;
let respond: (response: ServerResponse) => void;
let received: { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[];
let services: WebhookServices;

beforeEach(async () => {
  received = [];
  respond = (response) => response.writeHead(204).end();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      respond(response);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  services = {
    target: { url, secrets: [secret] },
    ...{ timeoutMilliseconds: 300, logger: { info: () => undefined }, now: () => 1_700_000_000_000 },
  };
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it("signs as the specification's own example does", () => {
  const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}', at: 1_614_265_330_000 };
  expect(signedHeaders(message, [secret])).toEqual({
    "webhook-id": message.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

it("sends an event that the receiver can verify, under the same id each time", async () => {
  await handle(event, services);
  await handle(event, { ...services, now: () => 1_700_000_100_000 });
  const [first, second] = received;
  expect(JSON.parse(first!.body)).toEqual({ type: event.type, timestamp: event.time, data: event.data });
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = first!.headers;
  expect(id).toBe(messageId(event));
  expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(signature).toBe(`v1,${createHmac("sha256", secret).update(`${id}.${at}.${first!.body}`).digest("base64")}`);
  expect(second!.headers["webhook-id"]).toBe(id);
  expect(second!.headers["webhook-timestamp"]).toBe("1700000100");
});

it("signs by each secret while they are changed", async () => {
  const other = Buffer.alloc(24, 7);
  await handle(event, { ...services, target: { ...services.target!, secrets: [secret, other] } });
  expect(String(received[0]?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
});

it("has the event delivered again when the receiver fails, is busy, hangs or is not there", async () => {
  for (const status of [500, 503, 429, 408]) {
    respond = (response) => response.writeHead(status).end();
    await expect(handle(event, services)).rejects.toThrow(ReceiverUnavailable);
  }
  respond = () => undefined;
  await expect(handle(event, services)).rejects.toThrow(ReceiverUnavailable);
  respond = (response) => response.destroy();
  await expect(handle(event, services)).rejects.toThrow(ReceiverUnavailable);
});

it("gives up what the receiver refuses, and follows it nowhere", async () => {
  for (const status of [400, 401, 410]) {
    respond = (response) => response.writeHead(status).end("no");
    await expect(handle(event, services)).rejects.toThrow(MessageRefused);
  }
  const before = received.length;
  respond = (response) => response.writeHead(307, { location: "/elsewhere" }).end();
  await expect(handle(event, services)).rejects.toThrow(MessageRefused);
  expect(received).toHaveLength(before + 1);
});

it("sends nothing where no receiver is set", async () => {
  await handle(event, { ...services, target: undefined });
  expect(received).toEqual([]);
});

it("refuses a list that someone has sent where there is no receiver, and passes over what no one has asked for", async () => {
  const list = campaignAudience.make({
    ...{ id: "spring.1", source: "/lapse/desk", subject: "spring" },
    data: { campaign: "spring", name: "Spring", part: 1, users: [{ user_id: "ann" }], users_in_all: 1 },
  });
  await expect(handle(list, { ...services, target: undefined })).rejects.toThrow(MessageRefused);
  await expect(handle(list, { ...services, target: undefined })).rejects.toThrow("WEBHOOK_URL is not set");
  expect(await handle(event, { ...services, target: undefined })).toBeUndefined();
  expect(received).toEqual([]);
});
