import { Failure } from "#churn/failure.ts";
import { errorResponse, isRetried } from "#runtime/error-response.ts";
import { eventFields } from "#runtime/event-fields.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { Lane } from "#runtime/lane.ts";
import type { Logger } from "#runtime/logging.ts";
import { parseTraceparent, traceExtensions } from "#runtime/trace.ts";
import { inSpan } from "#runtime/tracing/in-span.ts";
import type { Tracer } from "#runtime/tracing/tracer.ts";
import { backoff, type Delivery } from "./delivery.ts";
import { BrokerClosed, BrokerFull, SubscriberTimeout } from "./failures.ts";
import { matches, type TriggerFilter } from "./filter.ts";
import type { Timers } from "./timers.ts";
import { withErrorAttributes } from "./undelivered.ts";

/** A Service as the broker sees it. */
export interface Subscriber {
  readonly name: string;
  /** Handles one event and answers with the one that follows from it; a throw is an answer of that error's status. */
  readonly handle: (event: LapseEvent) => Promise<LapseEvent | undefined>;
  /** Events that it handles at a time. */
  readonly concurrency: number;
}

/** A Trigger as the broker sees it. */
export interface Route {
  readonly name: string;
  readonly filter: TriggerFilter;
  readonly subscriber: Subscriber;
  readonly delivery: Delivery;
  /** Takes what cannot be delivered; without one that is lost. */
  readonly deadLetterSink?: Subscriber | undefined;
}

export interface BrokerOptions {
  readonly namespace: string;
  readonly routes: readonly Route[];
  readonly timers: Timers;
  readonly logger: Pick<Logger, "debug" | "warn" | "error">;
  /** Deliveries that may be queued, running or waiting for a retry at once. */
  readonly capacity?: number;
  /** Records each delivery; without one none is. */
  readonly tracer?: Tracer | undefined;
}

/** One event on its way to one subscriber. */
interface Parcel {
  readonly event: LapseEvent;
  readonly route: Route;
  readonly to: Subscriber;
  /** Whether it goes to the dead letter sink, since the route's subscriber did not take it. */
  readonly dead: boolean;
  readonly retriesMade: number;
  /** Replies between the first event and this one. */
  readonly hops: number;
}

/** Knative's brokers drop what has been passed on this often: replies that go round in circles. */
const maximumHops = 255;

/**
 * A Knative broker in this process. What it accepts it delivers at least once, retries as the Trigger says, and hands to
 * the dead letter sink when it must give up; it holds events in memory only, so a crash loses those on their way.
 */
export class Broker {
  readonly #options: BrokerOptions & Required<Pick<BrokerOptions, "capacity">>;
  /** One for each Service, which is kept to its `containerConcurrency`. */
  readonly #lanes = new Map<Subscriber, Lane>();
  /** Every parcel that is queued, running or waiting for a retry, with what cancels that wait. */
  readonly #live = new Map<Parcel, () => void>();
  /** Those of them that a subscriber is handling. */
  readonly #running = new Set<Parcel>();
  #idleWaiters: (() => void)[] = [];
  #settledWaiters: (() => void)[] = [];
  #closed = false;

  constructor(options: BrokerOptions) {
    this.#options = { capacity: 10_000, ...options };
  }

  /**
   * Accepts an event for every Trigger that takes it, or for none: throws BrokerFull or BrokerClosed. Handling it comes
   * after the return.
   */
  publish(event: LapseEvent): void {
    if (this.#closed) throw new BrokerClosed("The broker is shutting down and takes no more events.");
    this.#accept(event, 0, 0);
  }

  /** Deliveries that are queued, running or waiting for a retry. */
  get pending(): number {
    return this.#live.size;
  }

  /** Drops deliveries that are queued or waiting for a retry, not those that are running. Returns how many there were. */
  forget(which: (event: LapseEvent) => boolean): number {
    let dropped = 0;
    for (const [parcel, cancel] of [...this.#live]) {
      if (this.#running.has(parcel) || !which(parcel.event)) continue;
      cancel();
      this.#finish(parcel);
      dropped += 1;
    }
    return dropped;
  }

  /** Resolves when nothing is queued, running or waiting for a retry. */
  idle(): Promise<void> {
    if (this.#live.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Resolves when nothing is queued or running. What waits for a retry is not waited for: a subscriber may be away for long. */
  settled(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve) => this.#settledWaiters.push(resolve));
  }

  #isSettled(): boolean {
    return [...this.#live.values()].every((cancel) => cancel !== notWaiting);
  }

  #tellSettled(): void {
    if (!this.#isSettled()) return;
    const waiters = this.#settledWaiters;
    this.#settledWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /**
   * Takes no more events, and drains: what is queued or running has `grace` milliseconds to finish, replies included; what
   * fails, waits for a retry or is not done by then goes to the dead letters, which have as long again. Call it while
   * the handlers' stores are still open.
   */
  async close(grace: number): Promise<void> {
    this.#closed = true;
    const shutdown = new BrokerClosed("The process was shut down before this event was handled.");
    for (const [parcel, cancel] of [...this.#live]) {
      if (cancel === notWaiting) continue;
      cancel();
      this.#giveUp(parcel, shutdown);
    }
    await this.#idleWithin(grace);
    for (const parcel of [...this.#live.keys()]) if (!parcel.dead) this.#giveUp(parcel, shutdown);
    await this.#idleWithin(grace);
    for (const parcel of [...this.#live.keys()]) this.#giveUp(parcel, shutdown);
  }

  /** `spare` deliveries are about to end, and make room. */
  #accept(event: LapseEvent, hops: number, spare: number): void {
    const { routes, capacity, logger } = this.#options;
    const takers = routes.filter((route) => matches(route.filter, event));
    if (takers.length === 0) logger.debug(eventFields(event), "No Trigger takes this event.");
    if (this.#live.size - spare + takers.length > capacity) {
      throw new BrokerFull(`The broker is full: ${capacity} deliveries are waiting or under way.`);
    }
    for (const route of takers) {
      this.#queue({ event, route, to: route.subscriber, dead: false, retriesMade: 0, hops });
    }
  }

  #queue(parcel: Parcel): void {
    this.#live.set(parcel, notWaiting);
    // An attempt does not fail.
    void this.#laneOf(parcel.to).run(() => this.#attempt(parcel));
  }

  #laneOf(subscriber: Subscriber): Lane {
    const lane = this.#lanes.get(subscriber) ?? new Lane(subscriber.concurrency);
    this.#lanes.set(subscriber, lane);
    return lane;
  }

  async #attempt(parcel: Parcel): Promise<void> {
    // Given up by close(), or forgotten, while it stood in the queue.
    if (!this.#live.has(parcel)) return;
    this.#running.add(parcel);
    try {
      const reply = await this.#answer(parcel);
      if (!this.#live.has(parcel)) return;
      if (reply !== undefined) this.#passOn(reply, parcel);
      this.#finish(parcel);
    } catch (error) {
      this.#running.delete(parcel);
      if (this.#live.has(parcel)) this.#failed(parcel, error);
    } finally {
      this.#running.delete(parcel);
    }
  }

  /** The subscriber's answer, or SubscriberTimeout. A handler that hangs goes on in vain: it cannot be stopped. */
  #answer(parcel: Parcel): Promise<LapseEvent | undefined> {
    const { route, to } = parcel;
    const { timeout } = route.delivery;
    return new Promise((resolve, reject) => {
      const cancel = this.#options.timers.after(timeout, () =>
        reject(new SubscriberTimeout(`${to.name} did not answer within ${timeout / 1000} s.`)),
      );
      this.#deliver(parcel).then(resolve, reject).finally(cancel);
    });
  }

  /** Where traces are recorded, each attempt is a span between what the event follows from and what handles it. */
  #deliver({ event, route, to, retriesMade }: Parcel): Promise<LapseEvent | undefined> {
    const { tracer } = this.#options;
    if (tracer === undefined) return to.handle(event);
    const { extensions } = event;
    const attributes = {
      "lapse.trigger": route.name,
      "lapse.retries": retriesMade,
      "cloudevents.event_id": event.id,
      "cloudevents.event_type": event.type,
    };
    const parent = parseTraceparent(extensions?.traceparent, extensions?.tracestate);
    return inSpan(tracer, { name: `broker delivers to ${to.name}`, kind: "producer", attributes, parent }, (span) =>
      to.handle({ ...event, extensions: { ...extensions, ...traceExtensions(span.context) } }),
    );
  }

  /** A reply that the full broker refuses fails the delivery, which is then repeated: handlers are idempotent. */
  #passOn(reply: LapseEvent, { hops, route }: Parcel): void {
    if (hops < maximumHops) {
      this.#accept(reply, hops + 1, 1);
    } else {
      const fields = { ...eventFields(reply), "lapse.trigger": route.name };
      this.#options.logger.error(fields, "Dropped a reply that goes round in circles.");
    }
  }

  #failed(parcel: Parcel, error: unknown): void {
    const { event, route, to, retriesMade } = parcel;
    const { status } = errorResponse(error);
    const lastTry = this.#closed || retriesMade >= route.delivery.retries;
    if (lastTry || !isRetried(status)) {
      this.#giveUp(parcel, error);
      return;
    }
    const wait = backoff(route.delivery, retriesMade);
    const cancel = this.#options.timers.after(wait, () => {
      this.#live.delete(parcel);
      this.#queue({ ...parcel, retriesMade: retriesMade + 1 });
    });
    this.#live.set(parcel, cancel);
    if (this.#settledWaiters.length > 0) this.#tellSettled();
    this.#options.logger.warn(
      { ...eventFields(event), "lapse.trigger": route.name, error },
      `${to.name} failed (${status}); retry ${retriesMade + 1} of ${route.delivery.retries} in ${wait / 1000} s.`,
    );
  }

  /** The end of a parcel that was not delivered: to the dead letter sink, or lost if it failed even there. */
  #giveUp(parcel: Parcel, error: unknown): void {
    const { event, route, to, dead, hops } = parcel;
    const fields = { ...eventFields(event), "lapse.trigger": route.name, error };
    const sink = dead ? undefined : route.deadLetterSink;
    if (sink === undefined) {
      this.#options.logger.error(fields, `${to.name} did not take an event, which is lost.`);
    } else {
      const url = `http://${to.name}.${this.#options.namespace}.svc.cluster.local`;
      const undelivered = withErrorAttributes(event, url, errorResponse(error));
      this.#queue({ event: undelivered, route, to: sink, dead: true, retriesMade: 0, hops });
      // A refusal explains itself, and nothing is lost; of a defect the stack is needed.
      const level = error instanceof Failure ? "warn" : "error";
      this.#options.logger[level](fields, `${to.name} did not take an event, which goes to ${sink.name}.`);
    }
    this.#finish(parcel);
  }

  #finish(parcel: Parcel): void {
    this.#live.delete(parcel);
    if (this.#settledWaiters.length > 0) this.#tellSettled();
    if (this.#live.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async #idleWithin(milliseconds: number): Promise<void> {
    let cancel = notWaiting;
    const over = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(milliseconds, resolve);
    });
    await Promise.race([this.idle(), over]);
    cancel();
  }
}

/** Stands for "queued or running": there is no wait to cancel. */
function notWaiting(): void {}
