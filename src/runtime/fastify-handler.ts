import type { FastifyInstance, FastifyRequest } from "fastify";
import { correlationFields, correlationOf } from "./correlation.ts";
import { errorResponse } from "./error-response.ts";
import { type HttpHandler, type HttpResponse, json, pathOf } from "./http.ts";
import type { Logger } from "./logging.ts";
import type { RequestMetrics } from "./metrics/requests.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { readBody } from "./request-body.ts";

export interface MountOptions {
  /** The function's name in logs and metrics. */
  readonly name: string;
  readonly path: string;
  readonly handle: HttpHandler;
  /** Largest body, in bytes. */
  readonly bodyLimit: number;
  readonly requests: RequestMetrics;
  readonly storeErrors?: StoreErrorMetrics | undefined;
  readonly logger: Pick<Logger, "error">;
}

/** Lets a Fastify server answer POST requests on a path through a handler, as the function's own server would. */
export function mountHandler(app: FastifyInstance, options: MountOptions): void {
  const { name, path, handle, bodyLimit, requests, storeErrors, logger } = options;
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (request: FastifyRequest) => readBody(request.raw, bodyLimit));
    scope.addHook("onResponse", async (_request, reply) => {
      requests.answered({ function: name, route: path, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
    });
    scope.addHook("onRequest", async (request, reply) => {
      if (request.method === "POST") return;
      const { status, headers, body } = json(405, { error: "Only POST requests are taken here." }, { allow: "POST" });
      await reply.code(status).headers(headers).send(body);
    });
    scope.setErrorHandler((error, request, reply) => {
      storeErrors?.failed(name, error);
      const { status, headers, body } = errorResponse(error);
      if (status >= 500)
        logger.error({ error, ...correlationFields(correlationOf(request.headers)) }, `${name} failed.`);
      reply.code(status).headers(headers).send(body);
    });
    scope.all(path, async ({ method, url, headers, body }, reply) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const answer: HttpResponse = await handle({ method, path: pathOf(url), headers, body: bytes });
      return reply
        .code(answer.status)
        .headers(answer.headers)
        .send(answer.body === "" ? undefined : answer.body);
    });
  });
}
