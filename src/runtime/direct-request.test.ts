import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { silentResponder } from "#test/support/silent-responder.ts";
import type { Caller } from "./access/access.ts";
import { accessGate, type Credentials } from "./access/access-gate.ts";
import { type Gate, inTurn } from "./access/gate.ts";
import { machineGate } from "./access/machine-gate.ts";
import { DirectRequest } from "./direct-request.ts";
import { json } from "./http.ts";
import { pathListener } from "./listener.ts";
import type { Route } from "./route.ts";

const caller: Caller = { name: "shop", id: "1", by: "key", roles: ["send"] };
const gateOf = (isOn: boolean, keys: Credentials): Gate =>
  accessGate({
    isOn: () => isOn,
    keys,
    tokens: undefined,
    sessions: undefined,
    refused: () => undefined,
    used: () => undefined,
  });
const known: Credentials = { verify: () => ({ caller }) };
const later: Credentials = { verify: async () => ({ caller }) };

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it.each<{ behind: string; gate: Gate | undefined; isStream: boolean }>([
  { behind: "no gate", gate: undefined, isStream: false },
  { behind: "the gate of a machine", gate: machineGate([]), isStream: false },
  { behind: "gates in turn", gate: inTurn(machineGate([]), gateOf(false, known)), isStream: false },
  { behind: "a gate that asks for keys", gate: gateOf(true, known), isStream: false },
  { behind: "a gate that must wait", gate: gateOf(true, later), isStream: true },
])("a body behind $behind is read whole, as a stream: $isStream", async ({ gate, isStream }) => {
  const route: Route = {
    ...{ method: "POST", path: "/", access: "send", about: { summary: "A test", responses: {} }, bodyLimit: 100 },
    handle: ({ body }) => json(200, { body: body.toString() }),
  };
  const responder = silentResponder(gate && { gate });
  server = createServer(
    { IncomingMessage: DirectRequest },
    await pathListener([{ name: "test", routes: [route] }], responder),
  );
  const seen: IncomingMessage[] = [];
  server.prependListener("request", (request: IncomingMessage) => seen.push(request));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: "Bearer lapse_1" };
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "hello", headers });
  expect(await answer.json()).toEqual({ body: "hello" });
  expect(seen.map((request) => request instanceof DirectRequest && request.hasBegun)).toEqual([isStream]);
});
