import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { silentResponder } from "#test/support/silent-responder.ts";
import { fastifyListener } from "./fastify-listener.ts";
import { fastifyServer } from "./fastify-server.ts";
import { json } from "./http.ts";
import { createLogger } from "./logging.ts";
import type { Route } from "./route.ts";

vi.mock(import("./fastify-server.ts"), async (original) => {
  const real = await original();
  return { ...real, fastifyServer: vi.fn(real.fastifyServer) };
});

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it("answers with 500 where Fastify cannot be loaded, tells why in the log, and tries again for the next request", async () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "test", level: "error" }, { stream, friendly: false });
  const about = { summary: "A test", responses: {} };
  const handle: Route["handle"] = ({ parameters }) => json(200, parameters);
  const route: Route = { method: "GET", path: "/users/:id", access: "open", about, handle };
  server = createServer(
    (await fastifyListener([{ name: "test", routes: [route] }], silentResponder({ logger }))).listener,
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const ask = () => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/users/u1`);

  vi.mocked(fastifyServer).mockImplementationOnce(() => {
    throw new Error("too many open files");
  });
  const failed = await ask();
  expect([failed.status, await failed.json()]).toEqual([500, { error: "Something went wrong in this service." }]);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "test failed." });
  expect(lines[0]).toContain("too many open files");

  const next = await ask();
  expect([next.status, await next.json()]).toEqual([200, { id: "u1" }]);
  expect(lines).toHaveLength(1);
});
