import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { type Serving, serving } from "#test/support/serving.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { pathListener } from "./listener.ts";
import { healthRoutes } from "./operational.ts";
import { rehearse } from "./rehearse.ts";

let served: Serving | undefined;
let silent: Server | undefined;
afterEach(async () => {
  await served?.stop();
  silent?.close();
});

it("asks the process itself, and goes the way within the function", async () => {
  const seen: string[] = [];
  const ready = () => void seen.push("asked");
  served = await serving(await pathListener([{ name: "test", routes: healthRoutes(ready) }], silentResponder()));
  const warn = vi.fn();
  const { port } = served;
  await rehearse({ address: { port, family: "IPv4" }, inside: async () => seen.push("inside"), logger: { warn } });
  expect(seen.toSorted()).toEqual(["asked", "inside"]);
  expect(warn).not.toHaveBeenCalled();
});

it("does not reject, and says what went wrong", async () => {
  silent = createServer((socket) => socket.destroy());
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const address = silent.address() as AddressInfo;
  const warn = vi.fn();
  const inside = vi.fn();
  await rehearse({ address, inside, logger: { warn } });
  expect(inside).toHaveBeenCalled();
  expect(warn).toHaveBeenCalledWith({ error: expect.any(Error) }, "The first request could not be rehearsed.");
});
