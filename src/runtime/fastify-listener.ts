import type { IncomingMessage, ServerResponse } from "node:http";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { splitTarget } from "./http.ts";
import { createHttpServer, type HttpServer } from "./http-server.ts";
import type { Listener, MakeListener } from "./listener.ts";
import type { Responder, Target } from "./responder.ts";
import { nothingThere, type Served, shown, targetsOf } from "./targets.ts";

/** Finds routes by Fastify, which knows paths with parameters. */
export const fastifyListener: MakeListener = async (served, responder) => {
  const app = fastifyServer(served, responder);
  await app.ready();
  return straight(served, responder, app.routing);
};

/**
 * A Fastify server of all routes; drain `http` before it is closed. Fastify finds the route; the rest is the responder's, as on any other server. To have
 * Fastify read bodies and write responses as well would make a prediction cost a third more (docs/decisions/http.md).
 */
export function fastifyServer(
  served: readonly Served[],
  responder: Responder,
  http: HttpServer = createHttpServer(),
): FastifyInstance {
  const nothing = nothingThere(served);
  const app = fastify({
    logger: false,
    // Of parts of paths: a user id of 256 characters may take four bytes for each, and three characters for each byte.
    routerOptions: { maxParamLength: 3_072 },
    exposeHeadRoutes: false,
    serverFactory: (handler) => http.node.on("request", straight(served, responder, handler)),
    // The server's own says what is wrong.
    clientErrorHandler: () => undefined,
    // What came in before the end is served to its end.
    return503OnClosing: false,
    // Of a path that is not valid, such as /%ZZ.
    frameworkErrors: (_error, request, reply) => void handOver(request, reply, responder, nothing),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  // As a hook: before its handler for what is not found Fastify refuses some requests by itself, in words of its own.
  app.addHook("onRequest", (request, reply, done) => {
    if (request.is404) void handOver(request, reply, responder, nothing);
    else done();
  });
  for (const { path, byMethod, refusal } of targetsOf(served)) {
    for (const method of app.supportedMethods) {
      const target = byMethod.get(method) ?? refusal;
      app.route<{ Params: Record<string, string> }>({
        method,
        url: path,
        // On arrival, before Fastify looks at the body.
        onRequest: async (request, reply) => handOver(request, reply, responder, target, request.params),
        handler: async () => undefined,
      });
    }
  }
  return app;
}

/**
 * Hands requests for paths without parameters, written as the route has them, straight to the responder: Fastify would find the
 * same route, but make objects of its own of each request. All others are Fastify's.
 */
function straight(
  served: readonly Served[],
  responder: Responder,
  routing: (request: IncomingMessage, response: ServerResponse) => void,
): Listener {
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

/** Takes a request out of Fastify's hands. */
function handOver(
  request: Pick<FastifyRequest, "raw">,
  reply: FastifyReply,
  responder: Responder,
  target: Target,
  parameters?: Readonly<Record<string, string>>,
): Promise<void> {
  reply.hijack();
  return responder.respond(request.raw, reply.raw, target, parameters);
}
