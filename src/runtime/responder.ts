import type { IncomingMessage, ServerResponse } from "node:http";
import { InvalidInput } from "#churn/failure.ts";
import type { Access } from "./access/access.ts";
import { callerAddress } from "./access/caller-address.ts";
import type { Gate } from "./access/gate.ts";
import { BodyBudget, type BodyShare } from "./body-budget.ts";
import { type Correlation, correlate, correlationFields, parentOf, requestIdHeader } from "./correlation.ts";
import type { EarlyRefusals } from "./early-refusals.ts";
import { errorResponse } from "./error-response.ts";
import { CallerGone, NotReady, Overloaded } from "./failures.ts";
import { type HttpHandler, type HttpResponse, splitTarget } from "./http.ts";
import type { Logger } from "./logging.ts";
import type { RequestMetrics } from "./metrics/requests.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { pause } from "./pause.ts";
import { readBody } from "./request-body.ts";
import type { RequestLimits } from "./request-limits.ts";
import { sendResponse } from "./send-response.ts";
import { inSpan } from "./tracing/in-span.ts";
import type { SpanStart, Tracer } from "./tracing/tracer.ts";

/** What a router has found for a request. */
export interface Target {
  /** The function that it belongs to, as logs and metrics name it. */
  readonly name: string;
  /** The pattern of the path, or `other` where there is nothing. */
  readonly route: string;
  readonly access: Access;
  /** Largest body, in bytes; undefined where none is read. */
  readonly bodyLimit?: number | undefined;
  readonly isUncounted?: boolean | undefined;
  /** Of a route to which events are delivered. */
  readonly early?: EarlyRefusals | undefined;
  readonly handle: HttpHandler;
}

export interface ResponderOptions {
  readonly limits: RequestLimits;
  readonly requests: RequestMetrics;
  readonly storeErrors: StoreErrorMetrics;
  readonly logger: Pick<Logger, "debug" | "warn" | "error" | "isLevelEnabled">;
  /** Asked before a body is read; without one every request is let in. */
  readonly gate?: Gate | undefined;
  /** Whether the process is about to end: then each response is the last one on its connection. */
  readonly stopping?: (() => boolean) | undefined;
  /** Whether a proxy in front tells the address of the caller, in X-Forwarded-For. */
  readonly isBehindProxy: boolean;
  /** Records a span of each request; without one requests have ids only. */
  readonly tracer?: Tracer | undefined;
}

/** From here on a body is parsed in a turn of the event loop that it has to itself. */
const largeBytes = 256 * 1024;

const nothing = Buffer.alloc(0);

/** Those that decide who asks and what is read. */
const singleHeaders = new Set(["host", "authorization", "content-type"]);

/**
 * All that happens between Node's HTTP server and a route, whichever router found it: the request is correlated and its body
 * read, errors become responses, and what was sent is counted and logged.
 */
export class Responder {
  readonly #options: ResponderOptions;
  readonly #bodies: BodyBudget;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #turns = Promise.resolve();

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#bodies = new BodyBudget(options.limits.heldBytes);
  }

  /** Never rejects. `parameters` are the parts of the path that its pattern names. */
  async respond(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { tracer } = this.#options;
    if (tracer === undefined || target.isUncounted === true)
      return this.#respond(request, response, target, parameters, correlate(request.headers));
    await inSpan(tracer, spanOfRequest(request, target), async (span) => {
      await this.#respond(request, response, target, parameters, correlate(request.headers, span.context));
      const { statusCode } = response;
      span.note({ "http.response.status_code": statusCode });
      if (statusCode >= 500) span.failed(statusCode);
    });
  }

  async #respond(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    parameters: Readonly<Record<string, string>> | undefined,
    correlation: Correlation,
  ): Promise<void> {
    const started = performance.now();
    const { method = "GET", headers } = request;
    const { path, query } = splitTarget(request.url);
    const send = (answer: HttpResponse) => {
      const common = { [requestIdHeader]: correlation.requestId };
      const last = this.#options.stopping?.() === true ? { connection: "close" } : {};
      return sendResponse(request, response, { ...answer, headers: { ...answer.headers, ...common, ...last } });
    };
    const share = target.bodyLimit === undefined ? undefined : this.#bodies.share();
    try {
      checkHead(request);
      const address = request.socket.remoteAddress;
      const admission = await this.#options.gate?.admit({ method, path, headers, address }, target.access);
      if (admission !== undefined && "refusal" in admission) {
        const { refusal } = admission;
        await send(target.early?.notAdmitted(headers, refusal) ?? refusal);
      } else {
        const body = share === undefined ? nothing : await this.#bodyOf(request, target, share);
        const [caller, from] = [admission?.caller, callerAddress({ headers, address }, this.#options.isBehindProxy)];
        const whole = { method, path, query, parameters, headers, body, correlation, address: from, caller };
        await send(await target.handle(whole));
      }
    } catch (error) {
      if (error instanceof CallerGone) return;
      const failed = this.#failed(target.name, error, correlation);
      // No response can reach a caller who went away.
      if (request.socket.destroyed) return;
      await send(failed);
    } finally {
      share?.release();
    }
    if (target.isUncounted !== true)
      this.#sent(target, method, response.statusCode, (performance.now() - started) / 1000, correlation);
  }

  async #bodyOf(request: IncomingMessage, { bodyLimit: limit = 0, early }: Target, share: BodyShare): Promise<Buffer> {
    const options = { limit, milliseconds: this.#options.limits.bodyMilliseconds, share };
    const body = await readBody(request, options).catch(async (error: unknown) => {
      await early?.unread(request.headers, error);
      throw error;
    });
    // To parse a large one takes long enough to be noticed: others have their turn between two of them.
    if (body.length > largeBytes) await this.#turn();
    return body;
  }

  #turn(): Promise<void> {
    this.#turns = this.#turns.then(pause);
    return this.#turns;
  }

  #failed(name: string, error: unknown, correlation: Correlation): HttpResponse {
    const { storeErrors, logger } = this.#options;
    const response = errorResponse(error);
    if (error instanceof NotReady) return response;
    if (error instanceof Overloaded) {
      this.#overloaded(name);
      return response;
    }
    storeErrors.failed(name, error);
    if (response.status >= 500) logger.error({ error, ...correlationFields(correlation) }, `${name} failed.`);
    else if (logger.isLevelEnabled("debug"))
      logger.debug({ error, ...correlationFields(correlation) }, `${name} refused a request.`);
    return response;
  }

  /** Each one is counted; the log tells of them at most once a minute, because there are thousands when there is one. */
  #overloaded(name: string): void {
    const now = performance.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + 60_000;
    this.#options.logger.warn(
      { "event.action": "overload" },
      `${name} holds as many request bodies as BODIES_LIMIT allows; callers are asked to try again later.`,
    );
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

/**
 * Refuses what a proxy in front may have read otherwise than Node: a repeated header of which Node keeps the first, the host of a
 * target that is a whole URL (RFC 9112, 3.2), and codings of the body's transfer, which Node leaves as they are (7.1).
 * Throws InvalidInput.
 */
function checkHead({ rawHeaders, httpVersion, headers, url = "/" }: IncomingMessage): void {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (!singleHeaders.has(name)) continue;
    if (seen.has(name)) throw new InvalidInput(`The request has more than one ${name} header.`);
    seen.add(name);
  }
  if (headers.host === undefined && httpVersion === "1.1") throw new InvalidInput("The request has no Host header.");
  const transfer = headers["transfer-encoding"];
  if (transfer !== undefined && transfer.toLowerCase() !== "chunked")
    throw new InvalidInput("The only transfer encoding accepted is chunked.");
  if (url.startsWith("/")) return;
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (authority !== undefined && authority.toLowerCase() !== headers.host?.toLowerCase())
    throw new InvalidInput("The request's target and its Host header name different hosts.");
}

/** Without its path and query, which may name a user. */
function spanOfRequest({ method = "GET", headers }: IncomingMessage, { name, route }: Target): SpanStart {
  return {
    name: `${method} ${route}`,
    kind: "server",
    attributes: { "lapse.function": name, "http.request.method": method, "http.route": route, "url.scheme": "http" },
    parent: parentOf(headers),
  };
}
