import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { NodeExchange } from "./exchange/node-exchange.ts";
import { createHttpServer, type HttpServer } from "./http-server.ts";
import { straight } from "./listener.ts";
import type { Responder, Target } from "./responder.ts";
import { nothingThere, type Served, targetsOf } from "./targets.ts";

/**
 * A Fastify server of all routes; drain `http` before it is closed. Fastify finds the route; the rest is the responder's, as on any other server. To have
 * Fastify read bodies and write responses as well would make a prediction cost a third more (docs/decisions/one-responder.md).
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
    serverFactory: (handler) => {
      http.serve(straight(served, responder, handler));
      return http.node;
    },
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

/** Takes a request out of Fastify's hands. */
function handOver(
  request: Pick<FastifyRequest, "raw">,
  reply: FastifyReply,
  responder: Responder,
  target: Target,
  parameters?: Readonly<Record<string, string>>,
): Promise<void> {
  reply.hijack();
  return responder.respond(new NodeExchange(request.raw, reply.raw), target, parameters);
}
