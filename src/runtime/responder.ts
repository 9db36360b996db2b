import type { Access } from "./access/access.ts";
import { callerAddress } from "./access/caller-address.ts";
import type { Gate } from "./access/gate.ts";
import { BodyBudget, type BodyShare } from "./body-budget.ts";
import { type Correlation, correlate, correlationFields, parentOf, requestIdHeader } from "./correlation.ts";
import { Deadlines } from "./deadlines.ts";
import type { EarlyRefusals } from "./early-refusals.ts";
import { errorResponse } from "./error-response.ts";
import type { Exchange } from "./exchange/exchange.ts";
import { CallerGone, NotReady, Overloaded } from "./failures.ts";
import { type HttpHandler, type HttpResponse, splitTarget } from "./http.ts";
import type { Logger } from "./logging.ts";
import type { RequestMetrics } from "./metrics/requests.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { pause } from "./pause.ts";
import type { ReadBodyOptions } from "./request-body.ts";
import type { RequestLimits } from "./request-limits.ts";
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
  /** Told of each request when it has come, with a promise of its end. */
  readonly underWay?: ((method: string, ended: Promise<void>) => void) | undefined;
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

/**
 * All that happens between a server and a route, whichever router found it: the request is correlated and its body
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
  respond(exchange: Exchange, target: Target, parameters?: Readonly<Record<string, string>>): Promise<void> {
    const ended = this.#traced(exchange, target, parameters);
    this.#options.underWay?.(exchange.method, ended);
    return ended;
  }

  #traced(exchange: Exchange, target: Target, parameters: Readonly<Record<string, string>> | undefined): Promise<void> {
    const { tracer } = this.#options;
    if (tracer === undefined || target.isUncounted === true)
      return this.#respond(exchange, target, parameters, correlate(exchange.headers));
    return inSpan(tracer, spanOfRequest(exchange, target), async (span) => {
      await this.#respond(exchange, target, parameters, correlate(exchange.headers, span.context));
      const { sentStatus } = exchange;
      if (sentStatus === undefined) return;
      span.note({ "http.response.status_code": sentStatus });
      if (sentStatus >= 500) span.failed(sentStatus);
    });
  }

  async #respond(
    exchange: Exchange,
    target: Target,
    parameters: Readonly<Record<string, string>> | undefined,
    correlation: Correlation,
  ): Promise<void> {
    const started = performance.now();
    const { method, headers } = exchange;
    const { path, query } = splitTarget(exchange.url);
    const further = () => {
      const headers: Record<string, string> = { [requestIdHeader]: correlation.requestId };
      if (this.#options.stopping?.() === true) headers.connection = "close";
      return headers;
    };
    const share = target.bodyLimit === undefined ? undefined : this.#bodies.share();
    let isLarge = false;
    try {
      exchange.check();
      const { address } = exchange;
      const { gate } = this.#options;
      const admitting = gate?.admit({ method, path, headers, address }, target.access);
      // Awaited only if it must be: in the next turn the body is in the stream already.
      const admission = admitting instanceof Promise ? await admitting : admitting;
      if (admission !== undefined && "refusal" in admission) {
        const { refusal } = admission;
        await exchange.send(target.early?.notAdmitted(headers, refusal) ?? refusal, further);
      } else {
        const reading = share === undefined ? nothing : this.#bodyOf(exchange, target, share);
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
        const sending = exchange.send(answer, further);
        if (sending !== undefined) await sending;
      }
    } catch (error) {
      if (error instanceof CallerGone) return;
      // Nothing of the body is kept while the rest of it goes by.
      share?.release();
      const failed = this.#failed(target.name, error, correlation);
      // No response can reach a caller who went away.
      if (exchange.isGone) return;
      await exchange.send(failed, further);
    } finally {
      if (isLarge) this.#large -= 1;
      share?.release();
    }
    // Not where the caller went away before anything was sent.
    const { sentStatus } = exchange;
    if (target.isUncounted !== true && sentStatus !== undefined)
      this.#sent(target, method, sentStatus, (performance.now() - started) / 1000, correlation);
  }

  #bodyOf(exchange: Exchange, { bodyLimit: limit = 0, early }: Target, share: BodyShare): Buffer | Promise<Buffer> {
    const options = { limit, deadlines: this.#deadlines, share };
    return early === undefined ? exchange.body(options) : bodyOfEvent(exchange, options, early);
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

async function bodyOfEvent(exchange: Exchange, options: ReadBodyOptions, early: EarlyRefusals): Promise<Buffer> {
  try {
    return await exchange.body(options);
  } catch (error) {
    await early.unread(exchange.headers, error);
    throw error;
  }
}

/** Without its path and query, which may name a user. */
function spanOfRequest({ method, headers }: Exchange, { name, route }: Target): SpanStart {
  return {
    name: `${method} ${route}`,
    kind: "server",
    attributes: { "lapse.function": name, "http.request.method": method, "http.route": route, "url.scheme": "http" },
    parent: parentOf(headers),
  };
}
