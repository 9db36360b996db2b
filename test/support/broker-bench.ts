import { pino } from "pino";
import { Broker, type Route, type Subscriber } from "#local/broker.ts";
import type { Delivery } from "#local/delivery.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { ManualTimers } from "./manual-timers.ts";

/** Waits 1, 2 and 4 s. */
export const exponential: Delivery = { retries: 3, backoff: "exponential", backoffDelay: 1000, timeout: 30_000 };

/** A subscriber that notes what it is sent and when, and then behaves as told. */
export class Recorder implements Subscriber {
  readonly events: LapseEvent[] = [];
  readonly times: number[] = [];
  readonly name: string;
  readonly concurrency: number;
  readonly #timers: ManualTimers;
  readonly #behave: (event: LapseEvent) => Promise<LapseEvent | undefined>;

  constructor(
    name: string,
    timers: ManualTimers,
    behave: Subscriber["handle"] = async () => undefined,
    concurrency = Number.POSITIVE_INFINITY,
  ) {
    this.name = name;
    this.concurrency = concurrency;
    this.#timers = timers;
    this.#behave = behave;
  }

  readonly handle = (event: LapseEvent) => {
    this.events.push(event);
    this.times.push(this.#timers.now());
    return this.#behave(event);
  };

  ids(): string[] {
    return this.events.map(({ id }) => id);
  }
}

/** A broker with one Trigger, for events of type `a`, and a worker that behaves as told; `make` makes other brokers. */
export function brokerBench(
  behave?: Subscriber["handle"],
  options: { delivery?: Delivery; concurrency?: number; capacity?: number } = {},
) {
  const timers = new ManualTimers();
  const lines: { level: number; msg: string }[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const worker = new Recorder("worker", timers, behave, options.concurrency);
  const deadLetters = new Recorder("dead-letters", timers);
  const route = routeTo(worker, "a", deadLetters, options.delivery);
  const make = (routes: Route[]) =>
    new Broker({ namespace: "lapse", routes, timers, logger, ...(options.capacity && { capacity: options.capacity }) });
  return { timers, lines, worker, deadLetters, route, make, broker: make([route]) };
}

/** Takes the events of one type. */
export function routeTo(
  subscriber: Subscriber,
  type: string,
  deadLetterSink?: Subscriber,
  delivery = exponential,
): Route {
  const filter = { attributes: { type }, expressions: [] };
  return { name: `${type}-to-${subscriber.name}`, filter, subscriber, delivery, deadLetterSink };
}

export function eventOf(id: string, type = "a"): LapseEvent {
  return { id, source: "/test", type };
}

/** A promise and the function that fulfils it. */
export function gate(): { passed: Promise<undefined>; open: () => void } {
  let open = () => {};
  const passed = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  return { passed, open };
}
