import type { Logger } from "#runtime/logging.ts";
import { takingTooLittle } from "#runtime/too-little-to-learn.ts";
import type { Tracer } from "#runtime/tracing/tracer.ts";
import { Broker, type Route, type Subscriber } from "./broker.ts";
import { BadManifests } from "./failures.ts";
import type { BrokerManifest, Manifests, Service, Trigger } from "./manifests.ts";
import { Schedule } from "./schedule.ts";
import type { Timers } from "./timers.ts";

/** What each Service of the manifests does in this process, by the Service's name. */
export type Handlers = Readonly<Record<string, Subscriber["handle"]>>;

export interface WiringOptions {
  readonly timers: Timers;
  readonly newId: () => string;
  readonly logger: Pick<Logger, "debug" | "warn" | "error">;
  /** Deliveries that the broker may hold at once. */
  readonly capacity?: number;
  readonly tracer?: Tracer | undefined;
}

export interface Wiring {
  readonly broker: Broker;
  readonly schedule: Schedule;
}

/**
 * Joins the functions of this process as the manifests join them in a cluster. Throws BadManifests, naming every fault,
 * when a Trigger, PingSource or dead letter sink refers to a Broker, Service or handler that does not exist.
 */
export function wire(manifests: Manifests, handlers: Handlers, options: WiringOptions): Wiring {
  const { namespace, triggers, pingSources, services } = manifests;
  const faults: string[] = [];
  const subscribers = new Map(
    services.map((service) => [service.name, subscriberOf(service, handlers, options.logger)]),
  );
  for (const { name, broker } of pingSources) {
    if (broker !== manifests.broker.name)
      faults.push(`PingSource ${name} sends to Broker ${broker}, which is not there.`);
  }
  const routes = triggers.flatMap((trigger) => {
    try {
      return routeOf(trigger, manifests.broker, subscribers);
    } catch (error) {
      if (!(error instanceof BadManifests)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length > 0) throw new BadManifests(`The manifests cannot be wired. ${faults.join(" ")}`);
  const broker = new Broker({ namespace, routes, ...options });
  const schedule = new Schedule({ namespace, pingSources, publish: (event) => broker.publish(event), ...options });
  return { broker, schedule };
}

/** Undefined for a Service that has no handler here, which is a fault only if something is sent to it. */
function subscriberOf(
  { name, containerConcurrency }: Service,
  handlers: Handlers,
  logger: Pick<Logger, "warn">,
): Subscriber | undefined {
  const handle = handlers[name];
  const concurrency = containerConcurrency === 0 ? Number.POSITIVE_INFINITY : containerConcurrency;
  return handle === undefined ? undefined : { name, handle: takingTooLittle(handle, { name, logger }), concurrency };
}

/** As Knative does it: a Trigger's delivery replaces the Broker's as a whole, but for the dead letter sink. */
function routeOf(
  { name, broker, filter, subscriber, delivery }: Trigger,
  ofBroker: BrokerManifest,
  subscribers: ReadonlyMap<string, Subscriber | undefined>,
): Route {
  const here = `Trigger ${name}`;
  if (broker !== ofBroker.name) throw new BadManifests(`${here} belongs to Broker ${broker}, which is not there.`);
  const effective = delivery ?? ofBroker.delivery;
  if (effective === undefined) throw new BadManifests(`${here} has no delivery settings, nor has its Broker.`);
  const sink = effective.deadLetterSink ?? ofBroker.delivery?.deadLetterSink;
  return {
    name,
    filter,
    subscriber: find(subscriber, `${here} sends to`, subscribers),
    delivery: effective,
    deadLetterSink: sink === undefined ? undefined : find(sink, `${here} has its dead letters sent to`, subscribers),
  };
}

function find(name: string, who: string, subscribers: ReadonlyMap<string, Subscriber | undefined>): Subscriber {
  if (!subscribers.has(name)) throw new BadManifests(`${who} Service ${name}, which is not there.`);
  const subscriber = subscribers.get(name);
  if (subscriber === undefined) throw new BadManifests(`${who} Service ${name}, which has no handler in this process.`);
  return subscriber;
}
