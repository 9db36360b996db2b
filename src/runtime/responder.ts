import type { IncomingMessage, ServerResponse } from "node:http";
import { InvalidInput } from "#churn/failure.ts";
import type { Access } from "./access/access.ts";
import { callerAddress } from "./access/caller-address.ts";
import type { Gate } from "./access/gate.ts";
import { BodyBudget, type BodyShare } from "./body-budget.ts";
import { type Correlation, correlate, correlationFields, parentOf, requestIdHeader } from "./correlation.ts";
import { Deadlines } from "./deadlines.ts";
import type { EarlyRefusals } from "./early-refusals.ts";
import { errorResponse } from "./error-response.ts";
import { CallerGone, NotReady, Overloaded } from "./failures.ts";
import { type HttpHandler, type HttpResponse, splitTarget } from "./http.ts";
import type { Logger } from "./logging.ts";
import type { RequestMetrics } from "./metrics/requests.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { pause } from "./pause.ts";
import { type ReadBodyOptions, readBody } from "./request-body.ts";
import type { RequestLimits } from "./request-limits.ts";
import { sendResponse } from "./send-response.ts";
import { inSpan } from "./tracing/in-span.ts";
import type { SpanStart, Tracer } from "./tracing/tracer.ts";
import { TurnEnd } from "./turn-end.ts";

/** What a router has found for a request. */
export interface Target {
  /** The function that it belongs to, as logs and metrics name it. */
  readonly name: string;
  /** The pattern of the path, or `other` where there is nothing. */
  readonly route: string;
  readonly access: Access;
  /** Largest body, in bytes; undefined where none is read. */
  readonly bodyLimit?: number | undefined;
  readonly isSentTogether?: boolean | undefined;
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
/** Up to here it may go before those that wait for their turn. */
const smallBytes = 1024;
/** What requests may take of one turn together, in milliseconds, before the next one waits for another. */
const longestTurn = 10;

const nothing = Buffer.alloc(0);

/** Those that decide who asks and what is read. */
const singleHeaders = ["host", "authorization", "content-type"];

/**
 * All that happens between Node's HTTP server and a route, whichever router found it: the request is correlated and its body
 * read, errors become responses, and what was sent is counted and logged.
 */
export class Responder {
  readonly #options: ResponderOptions;
  readonly #bodies: BodyBudget;
  readonly #deadlines: Deadlines;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #turns = Promise.resolve();
  readonly #turnEnd = new TurnEnd();
  /** Requests with a large body that are under way. */
  #large = 0;
  /** Requests that wait for a turn. */
  #waiting = 0;
  /** Milliseconds that the requests of this turn have taken. */
  #taken = 0;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#bodies = new BodyBudget(options.limits.heldBytes);
    this.#deadlines = new Deadlines(options.limits.bodyMilliseconds);
  }

  /** Never rejects. `parameters` are the parts of the path that its pattern names. */
  respond(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { tracer } = this.#options;
    if (tracer === undefined || target.isUncounted === true)
      return this.#respond(request, response, target, parameters, correlate(request.headers));
    return inSpan(tracer, spanOfRequest(request, target), async (span) => {
      await this.#respond(request, response, target, parameters, correlate(request.headers, span.context));
      if (!response.headersSent) return;
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
    const further = () => {
      const headers: Record<string, string> = { [requestIdHeader]: correlation.requestId };
      if (this.#options.stopping?.() === true) headers.connection = "close";
      return headers;
    };
    const send = (answer: HttpResponse) => sendResponse(request, response, answer, further);
    const share = target.bodyLimit === undefined ? undefined : this.#bodies.share();
    let isLarge = false;
    try {
      checkHead(request);
      const address = request.socket.remoteAddress;
      const { gate } = this.#options;
      const admitting = gate?.admit({ method, path, headers, address }, target.access);
      // Awaited only if it must be: in the next turn the body is in the stream already.
      const admission = admitting instanceof Promise ? await admitting : admitting;
      if (admission !== undefined && "refusal" in admission) {
        const { refusal } = admission;
        await send(target.early?.notAdmitted(headers, refusal) ?? refusal);
      } else {
        const reading = share === undefined ? nothing : this.#bodyOf(request, target, share);
        const body = reading instanceof Promise ? await reading : reading;
        // To parse a large one takes long enough to be noticed: others have their turn between two of them.
        isLarge = body.length > largeBytes;
        if (isLarge) this.#large += 1;
        // What many have sent at once may take long as well, one after the other.
        const isBehind = this.#taken > longestTurn || (this.#waiting > 0 && body.length > smallBytes);
        if (isLarge || (isBehind && body.length > 0)) await this.#turn();
        const caller = admission?.caller;
        const from = callerAddress({ headers, address }, this.#options.isBehindProxy);
        const whole = { method, path, query, parameters, headers, body, correlation, address: from, caller };
        // Awaited only where there is something to wait for: each promise is another round of all that is queued.
        const began = performance.now();
        const answering = target.handle(whole);
        this.#took(performance.now() - began);
        const answer = answering instanceof Promise ? await answering : answering;
        // Not while large ones are worked on: the next large one would come before.
        const end = target.isSentTogether === true && this.#large === 0 ? this.#turnEnd.wait() : undefined;
        if (end !== undefined) await end;
        const sending = send(answer);
        if (sending !== undefined) await sending;
      }
    } catch (error) {
      if (error instanceof CallerGone) return;
      // Nothing of the body is kept while the rest of it goes by.
      share?.release();
      const failed = this.#failed(target.name, error, correlation);
      // No response can reach a caller who went away.
      if (request.socket.destroyed) return;
      await send(failed);
    } finally {
      if (isLarge) this.#large -= 1;
      share?.release();
    }
    // Not where the caller went away before anything was sent.
    if (target.isUncounted !== true && response.headersSent)
      this.#sent(target, method, response.statusCode, (performance.now() - started) / 1000, correlation);
  }

  #bodyOf(
    request: IncomingMessage,
    { bodyLimit: limit = 0, early }: Target,
    share: BodyShare,
  ): Buffer | Promise<Buffer> {
    const options = { limit, deadlines: this.#deadlines, share };
    return early === undefined ? readBody(request, options) : bodyOfEvent(request, options, early);
  }

  /** Two rounds of the event loop lie between: in one a connection is taken, and in the next its request read and responded to. */
  #turn(): Promise<void> {
    this.#waiting += 1;
    this.#turns = this.#turns
      .then(pause)
      .then(pause)
      .then(() => {
        this.#waiting -= 1;
      });
    return this.#turns;
  }

  /** Notes what a request took of this turn, unless that is next to nothing. */
  #took(milliseconds: number): void {
    if (milliseconds < 1) return;
    if (this.#taken === 0)
      void pause().then(() => {
        this.#taken = 0;
      });
    this.#taken += milliseconds;
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

async function bodyOfEvent(request: IncomingMessage, options: ReadBodyOptions, early: EarlyRefusals): Promise<Buffer> {
  try {
    return await readBody(request, options);
  } catch (error) {
    await early.unread(request.headers, error);
    throw error;
  }
}

/**
 * Refuses what a proxy in front may have read otherwise than Node: a repeated header of which Node keeps the first, the host of a
 * target that is a whole URL (RFC 9112, 3.2), and codings of the body's transfer, which Node leaves as they are (7.1).
 * Throws InvalidInput.
 */
function checkHead({ rawHeaders, httpVersion, headers, url = "/" }: IncomingMessage): void {
  for (const single of singleHeaders) {
    let seen = 0;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at];
      // Compared by its length first, which few share.
      if (name?.length === single.length && name.toLowerCase() === single) seen += 1;
    }
    if (seen > 1) throw new InvalidInput(`The request has more than one ${single} header.`);
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
