import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteHandlerMethod } from "fastify";
import type { RequestMetrics } from "#runtime/metrics/requests.ts";
import { jsonBody } from "./json-body.ts";
import { jsonType, sendJson } from "./send-json.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Adds a GET route that counts its requests; other methods are answered with 405. */
export function addGet(
  scope: FastifyInstance,
  url: string,
  handler: RouteHandlerMethod,
  metrics: RequestMetrics,
): void {
  scope.route({ method: "GET", url, onResponse: counter(scope, url, metrics), handler });
  refuseOthers(scope, url, ["GET", "HEAD"], metrics);
}

/** Adds a POST route that takes JSON and answers with JSON text, and counts its requests; other methods get 405. */
export function addPost(
  scope: FastifyInstance,
  url: string,
  answer: (body: unknown, request: FastifyRequest) => Promise<string>,
  metrics: RequestMetrics,
): void {
  // On arrival, because after that Fastify reads the body itself; see `jsonBody`.
  const respond = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.type(jsonType).send(await answer(await jsonBody(request.raw), request));
    return reply;
  };
  scope.route({ method: "POST", url, onResponse: counter(scope, url, metrics), onRequest: respond, handler: respond });
  refuseOthers(scope, url, ["POST"], metrics);
}

function refuseOthers(scope: FastifyInstance, url: string, allowed: HTTPMethods[], metrics: RequestMetrics): void {
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header("allow", allowed.join(", "));
    sendJson(reply, 405, { error: `${pathOf(scope, url)} takes ${allowed.join(" and ")}, not ${request.method}.` });
    return reply;
  };
  const method = methods.filter((other) => !allowed.includes(other));
  scope.route({ method, url, onResponse: counter(scope, url, metrics), onRequest: refuse, handler: refuse });
}

function counter(scope: FastifyInstance, url: string, metrics: RequestMetrics) {
  const route = pathOf(scope, url);
  return (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    metrics.answered({ function: "predict", route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
    done();
  };
}

/** A route's path as clients write it: in a pattern a colon is doubled. */
function pathOf(scope: FastifyInstance, url: string): string {
  return scope.prefix + url.replaceAll("::", ":");
}
