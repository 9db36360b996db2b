import type { IncomingMessage, ServerResponse } from "node:http";
import { splitTarget } from "./http.ts";
import type { Responder } from "./responder.ts";
import { nothingThere, type Served, shown, targetsOf } from "./targets.ts";

/** Takes a request of Node's HTTP server, and writes the response to it. Never rejects. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** How requests find their routes: by path alone, or by Fastify where paths have parameters. */
export type MakeListener = (served: readonly Served[], responder: Responder) => Promise<Listener>;

/** Finds routes whose paths have no parameters, with nothing between Node and them. */
export const pathListener: MakeListener = async (served, responder) => {
  const targets = new Map(targetsOf(served).map((one) => [one.path, one]));
  const nothing = nothingThere(served);
  return (request, response) => {
    const found = targets.get(splitTarget(request.url).path);
    const target = found === undefined ? nothing : (found.byMethod.get(request.method ?? "GET") ?? found.refusal);
    return responder.respond(request, response, target);
  };
};

/**
 * Hands requests for paths without parameters, written as the route has them, straight to the responder: Fastify would find the
 * same route, but make objects of its own of each request. All others are Fastify's.
 */
export function straight(served: readonly Served[], responder: Responder, routing: Listener): Listener {
  const fixed = new Map(
    targetsOf(served)
      .filter(({ path }) => !path.replaceAll("::", "").includes(":"))
      .map(({ path, byMethod }) => [shown(path), byMethod]),
  );
  return (request, response) => {
    const target = fixed.get(splitTarget(request.url).path)?.get(request.method ?? "GET");
    return target === undefined ? routing(request, response) : responder.respond(request, response, target);
  };
}
