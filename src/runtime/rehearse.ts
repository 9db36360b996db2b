import { type AddressInfo, connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "./logging.ts";

export interface RehearseOptions {
  /** Where this process listens. */
  readonly address: Pick<AddressInfo, "port" | "family">;
  /** Goes the way of a first request within the function, and leaves nothing. */
  readonly inside: (() => Promise<unknown>) | undefined;
  readonly logger: Pick<Logger, "warn">;
}

/** In which the rest of a pod starts, on the same processors, in milliseconds: to compute meanwhile would put that off. */
const pauseBefore = 200;
/** After which a process that does not respond to itself is left alone, in milliseconds. */
const longest = 5_000;

/**
 * Goes the way of a first request, from the connection to the response, so that the first one that comes finds its code loaded and
 * compiled: between listening and the first request a new pod has some tenths of a second with nothing to do, until its node tells its
 * address. Never rejects: a function that cannot be rehearsed serves as it would have.
 */
export async function rehearse({ address, inside, logger }: RehearseOptions): Promise<void> {
  await setTimeout(pauseBefore, undefined, { ref: false });
  for (const result of await Promise.allSettled([askItself(address), inside?.()]))
    if (result.status === "rejected")
      logger.warn({ error: result.reason }, "The first request could not be rehearsed.");
}

/** As a platform asks. On a socket of its own, as a client would take longer to load than all else. */
function askItself({ port, family }: RehearseOptions["address"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: family === "IPv6" ? "::1" : "127.0.0.1", timeout: longest });
    socket.once("data", () => {
      resolve();
      socket.destroy();
    });
    socket.once("timeout", () => socket.destroy(new Error("There was no response.")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The connection was closed.")));
    socket.write("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  });
}
