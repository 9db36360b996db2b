import type { FastifyInstance, FastifyRequest } from "fastify";
import { Failure } from "#churn/failure.ts";
import { parseJson } from "#runtime/body-text.ts";
import { errorResponse } from "#runtime/error-response.ts";
import { type HttpResponse, json } from "#runtime/http.ts";
import type { Logger } from "#runtime/logging.ts";
import type { StoreErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { FieldsOf } from "./correlate-scope.ts";
import { sendJson } from "./send-json.ts";
import { NoModel } from "./with-model.ts";

/**
 * Makes every answer of a Fastify scope JSON, errors as `{"error": "…"}`, and lets it read nothing but JSON, whatever
 * parsers and handlers the server has outside of it. `fieldsOf` gives fields for log entries about a request.
 */
export function jsonScope(
  scope: FastifyInstance,
  logger: Pick<Logger, "error">,
  { fieldsOf, storeErrors }: { fieldsOf?: FieldsOf; storeErrors?: StoreErrorMetrics } = {},
): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, parseJson(String(body), "The body"));
    } catch (error) {
      done(error instanceof Error ? error : new Error("The body cannot be read.", { cause: error }));
    }
  });
  scope.setErrorHandler((error, request, reply) => {
    const answer = clientFault(error, request) ?? errorResponse(error);
    // Without a model it is not ready, and says so: that is no news for each request.
    if (answer.status >= 500 && !(error instanceof NoModel)) {
      storeErrors?.failed("predict", error);
      logger.error({ error, "url.path": request.url, ...fieldsOf?.(request, reply) }, "A request failed.");
    }
    reply.code(answer.status).headers(answer.headers).send(answer.body);
  });
  scope.setNotFoundHandler((request, reply) => {
    sendJson(reply, 404, { error: `There is nothing at ${request.method} ${request.url}.` });
  });
}

/** The answer to what a client did wrong before there was a Failure to tell; undefined for all else. */
function clientFault(error: unknown, request: FastifyRequest): HttpResponse | undefined {
  if (error instanceof Failure || !(error instanceof Error) || !("statusCode" in error)) return undefined;
  switch (error.statusCode) {
    case 400:
      return json(400, { error: error.message });
    case 413:
      return json(413, { error: "The body is too long." });
    case 415: {
      const type = request.headers["content-type"] ?? "none";
      return json(415, { error: `Send JSON with content-type: application/json, not ${type}.` });
    }
    default:
      return undefined;
  }
}
