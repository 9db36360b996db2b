import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";

export interface FrameworkServer {
  /** Not listening yet, and without a listener for requests. */
  readonly server: Server;
  /** Hands a request to the framework; resolves when the framework calls the function, outside of its domain. */
  enter(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * The functions framework's server of a function of this name. The framework's own command is not used: it exits on
 * SIGTERM in the middle of a request, and the framework by itself takes bodies of 1 GB and answers errors in HTML. Only
 * its `testing` entry gives the server without the command; its request listener is taken off, so that the caller can
 * read and check a request before the framework sees it, and write the answer itself.
 */
export function frameworkServer(name: string): FrameworkServer {
  const waiting = new WeakMap<IncomingMessage, () => void>();
  http(name, (request) => waiting.get(request)?.());
  const server = getTestServer(name);
  const [listener] = server.listeners("request");
  if (listener === undefined) throw new Error("The functions framework came without a request listener.");
  server.removeAllListeners("request");
  return {
    server,
    enter: (request, response) =>
      new Promise((resolve, reject) => {
        waiting.set(request, resolve);
        // With a third argument, Express leaves to it whatever it would have answered in HTML.
        listener(request, response, (error: unknown) => reject(error ?? new Error("The framework had no route.")));
      }),
  };
}
