import type { IncomingMessage, Server } from "node:http";
import { correlate, correlatedHeaders, correlationFields, requestIdHeader } from "./correlation.ts";
import { errorResponse } from "./error-response.ts";
import { frameworkServer } from "./framework-server.ts";
import { type HttpHandler, type HttpResponse, json, pathOf } from "./http.ts";
import type { Logger } from "./logging.ts";
import type { RequestMetrics } from "./metrics/requests.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { type Exposition, operational } from "./operational.ts";
import { readBody } from "./request-body.ts";
import { sendResponse } from "./send-response.ts";

export interface FunctionServerOptions {
  /** The function's name, as the framework, logs and metrics know it. */
  readonly name: string;
  /** The paths on which it takes POST requests. */
  readonly paths: readonly string[];
  readonly handle: HttpHandler;
  /** Largest body, in bytes. */
  readonly bodyLimit: number;
  readonly exposition: Exposition;
  readonly requests: RequestMetrics;
  readonly storeErrors: StoreErrorMetrics;
  readonly logger: Logger;
}

/**
 * The server of one function, ready to listen: on the functions framework, with bounded bodies, errors that are always
 * JSON, and /healthz, /readyz and /metrics. Answers tell the request's id. Once closed it answers what is in flight, each
 * with `connection: close`.
 */
export function createFunctionServer(options: FunctionServerOptions): Server {
  const { name, paths, handle, bodyLimit, exposition, requests, storeErrors, logger } = options;
  const { server, enter } = frameworkServer(name);
  // Longer than the queue proxy in front keeps one idle: whoever sends requests must be the one to close.
  server.keepAliveTimeout = 120_000;

  server.on("request", async (request, response) => {
    const started = performance.now();
    const method = request.method ?? "GET";
    const path = pathOf(request.url);
    const correlation = correlate(request.headers);
    const fields = correlationFields(correlation);

    const respond = async (): Promise<HttpResponse> => {
      if (!paths.includes(path)) return operational(method, path, { exposition, stopping: !server.listening });
      if (method !== "POST") return json(405, { error: "Only POST requests are taken here." }, { allow: "POST" });
      // Read before the framework sees the request: its parsers leave a body alone that has been read.
      const body = await readBody(request, bodyLimit);
      await enter(request, response);
      return handle({ method, path, headers: correlatedHeaders(request.headers, correlation), body });
    };

    let status = 0;
    const send = (answer: HttpResponse) => {
      status = answer.status;
      const headers = { ...answer.headers, [requestIdHeader]: correlation.requestId };
      sendResponse(request, response, { ...answer, headers }, !server.listening);
    };
    try {
      send(await respond());
    } catch (error) {
      if (wentAway(request)) return logger.debug(fields, "The caller went away before the answer.");
      storeErrors.failed(name, error);
      send(errorResponse(error));
      if (status >= 500) logger.error({ error, ...fields }, `${name} failed.`);
      else logger.debug({ error, ...fields }, `${name} refused a request.`);
    }
    const seconds = (performance.now() - started) / 1000;
    requests.answered({ function: name, route: paths.includes(path) ? path : "other", status, seconds });
  });
  return server;
}

function wentAway(request: IncomingMessage): boolean {
  return request.errored !== null || request.socket.destroyed;
}
