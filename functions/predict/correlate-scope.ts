import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Correlation, correlate, correlationFields, requestIdHeader, requestIdOf } from "#runtime/correlation.ts";
import type { LogFields, Logger } from "#runtime/logging.ts";

/** Fields for log entries about a request, the same for each of them. */
export type FieldsOf = (request: FastifyRequest, reply: FastifyReply) => LogFields;

/**
 * Every answer of a scope tells the request's id, and at level debug there is a log entry for each. What else entries
 * need is worked out when there is one: thousands of predictions a second go without.
 */
export function correlateScope(scope: FastifyInstance, logger: Pick<Logger, "debug" | "isLevelEnabled">): FieldsOf {
  const correlations = new WeakMap<FastifyRequest, Correlation>();
  const fieldsOf: FieldsOf = (request, reply) => {
    const requestId = String(reply.getHeader(requestIdHeader));
    const correlation = correlations.get(request) ?? correlate({ ...request.headers, [requestIdHeader]: requestId });
    correlations.set(request, correlation);
    return correlationFields(correlation);
  };
  scope.addHook("onRequest", (request, reply, done) => {
    reply.header(requestIdHeader, requestIdOf(request.headers));
    done();
  });
  if (logger.isLevelEnabled("debug"))
    scope.addHook("onResponse", (request, reply, done) => {
      const { statusCode, elapsedTime } = reply;
      // Nanoseconds, as the Elastic Common Schema has it.
      const event = { "event.duration": Math.round(elapsedTime * 1e6), "http.response.status_code": statusCode };
      logger.debug(
        { ...event, ...fieldsOf(request, reply) },
        `predict answered ${request.method} ${request.routeOptions.url ?? "what it does not have"}.`,
      );
      done();
    });
  return fieldsOf;
}
