import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeExchange } from "./exchange/node-exchange.ts";
import { splitTarget } from "./http.ts";
import type { PlainServer } from "./plain/plain-connection.ts";
import type { Responder, Target } from "./responder.ts";
import { nothingThere, type Served, shown, targetsOf } from "./targets.ts";

/** Takes a request of Node's HTTP server, and writes the response to it. Never rejects. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What a server of ours hands its requests to. */
export interface Listening {
  readonly listener: Listener;
  readonly plain: PlainServer;
}

/** How requests find their routes: by path alone, or by Fastify where paths have parameters. */
export type MakeListener = (served: readonly Served[], responder: Responder) => Promise<Listening>;

/** Finds routes whose paths have no parameters, with nothing between Node and them. */
export const pathListener: MakeListener = async (served, responder) => {
  const targets = new Map(targetsOf(served).map((one) => [one.path, one]));
  const nothing = nothingThere(served);
  return straight(served, responder, (request, response) => {
    const found = targets.get(splitTarget(request.url).path);
    const target = found === undefined ? nothing : (found.byMethod.get(request.method ?? "GET") ?? found.refusal);
    return responder.respond(new NodeExchange(request, response), target);
  });
};

/**
 * Hands requests for paths without parameters, written as the route has them, straight to the responder: Fastify would find the
 * same route, but make objects of its own of each request. All others are those of `routing`.
 */
export function straight(served: readonly Served[], responder: Responder, routing: Listener): Listening {
  const fixed = new Map(
    targetsOf(served)
      .filter(({ path }) => !path.replaceAll("::", "").includes(":"))
      .map(({ path, byMethod }) => [shown(path), byMethod]),
  );
  const find = (method: string | undefined, url: string | undefined): Target | undefined =>
    fixed.get(splitTarget(url).path)?.get(method ?? "GET");
  return {
    listener(request, response) {
      const target = find(request.method, request.url);
      if (target === undefined) return routing(request, response);
      return responder.respond(new NodeExchange(request, response), target);
    },
    plain: {
      respond(exchange) {
        const target = find(exchange.method, exchange.url);
        return target && responder.respond(exchange, target);
      },
    },
  };
}
