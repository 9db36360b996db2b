import type { FastifyInstance } from "fastify";
import { correlate, correlatedHeaders, requestIdHeader } from "./correlation.ts";

/** Correlates every request of a Fastify server as a function's own server does; see `correlate`. */
export function correlateRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const correlation = correlate(request.headers);
    Object.assign(request.headers, correlatedHeaders(request.headers, correlation));
    reply.header(requestIdHeader, correlation.requestId);
    done();
  });
}
