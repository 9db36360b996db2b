import type { IncomingMessage, ServerResponse } from "node:http";
import { type Correlation, correlate, correlationFields, requestIdHeader } from "./correlation.ts";
import { errorResponse } from "./error-response.ts";
import { NotReady } from "./failures.ts";
import { type HttpHandler, type HttpResponse, splitTarget } from "./http.ts";
import type { Logger } from "./logging.ts";
import type { RequestMetrics } from "./metrics/requests.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { readBody } from "./request-body.ts";
import { sendResponse } from "./send-response.ts";

/** What a router has found for a request. */
export interface Target {
  /** The function that it belongs to, as logs and metrics name it. */
  readonly name: string;
  /** The pattern of the path, or `other` where there is nothing. */
  readonly route: string;
  /** Largest body, in bytes; undefined where none is read. */
  readonly bodyLimit?: number | undefined;
  readonly isUncounted?: boolean | undefined;
  readonly handle: HttpHandler;
}

export interface ResponderOptions {
  readonly requests: RequestMetrics;
  readonly storeErrors: StoreErrorMetrics;
  readonly logger: Pick<Logger, "debug" | "error" | "isLevelEnabled">;
  /** Whether the process is about to end: then each response is the last one on its connection. */
  readonly stopping?: (() => boolean) | undefined;
}

const nothing = Buffer.alloc(0);

/**
 * All that happens between Node's HTTP server and a route, whichever router found it: the request is correlated and its body
 * read, errors become responses, and what was sent is counted and logged.
 */
export class Responder {
  readonly #options: ResponderOptions;

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** Never rejects. `parameters` are the parts of the path that its pattern names. */
  async respond(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const started = performance.now();
    const { method = "GET", headers } = request;
    const { path, query } = splitTarget(request.url);
    const correlation = correlate(headers);
    const send = (answer: HttpResponse) => {
      const common = { [requestIdHeader]: correlation.requestId };
      const last = this.#options.stopping?.() === true ? { connection: "close" } : {};
      sendResponse(request, response, { ...answer, headers: { ...answer.headers, ...common, ...last } });
    };
    try {
      const body = target.bodyLimit === undefined ? nothing : await readBody(request, target.bodyLimit);
      send(await target.handle({ method, path, query, parameters, headers, body, correlation }));
    } catch (error) {
      // The caller went away: no response can reach it.
      if (request.socket.destroyed) return;
      send(this.#failed(target.name, error, correlation));
    }
    if (target.isUncounted !== true)
      this.#sent(target, method, response.statusCode, (performance.now() - started) / 1000, correlation);
  }

  #failed(name: string, error: unknown, correlation: Correlation): HttpResponse {
    const { storeErrors, logger } = this.#options;
    const response = errorResponse(error);
    if (error instanceof NotReady) return response;
    storeErrors.failed(name, error);
    if (response.status >= 500) logger.error({ error, ...correlationFields(correlation) }, `${name} failed.`);
    else if (logger.isLevelEnabled("debug"))
      logger.debug({ error, ...correlationFields(correlation) }, `${name} refused a request.`);
    return response;
  }

  #sent({ name, route }: Target, method: string, status: number, seconds: number, correlation: Correlation): void {
    const { requests, logger } = this.#options;
    requests.answered({ function: name, route, status, seconds });
    if (!logger.isLevelEnabled("debug")) return;
    // Nanoseconds, as the Elastic Common Schema has it.
    const event = { "event.duration": Math.round(seconds * 1e9), "http.response.status_code": status };
    logger.debug({ ...event, ...correlationFields(correlation) }, `${name} answered ${method} ${route}.`);
  }
}
