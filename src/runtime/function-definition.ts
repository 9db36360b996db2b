import type { Registry } from "prom-client";
import type * as z from "zod";
import type { MakePeopleAccess } from "./access/people.ts";
import { type Environment, parseConfig } from "./config.ts";
import type { DeadLetterKeeper } from "./dead-letters/keeper.ts";
import { type EventKind, readAs } from "./event-kind.ts";
import type { LapseEvent } from "./events.ts";
import type { FunctionSettings } from "./function-settings.ts";
import type { LogFields, Logger } from "./logging.ts";
import type { SkippedUserMetrics } from "./metrics/skipped-users.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import type { Route } from "./route.ts";
import type { NextRun } from "./schedules.ts";
import type { MissingPage } from "./targets.ts";
import { isTooLittle } from "./too-little-to-learn.ts";

/**
 * A function, defined once: what it is called, what it takes, and how it is made of its settings and stores. A pod is made
 * of one definition, the local process of all. `Stores` opens the stores.
 */
export interface FunctionDefinition<Stores> {
  readonly name: string;
  /** The kinds of events that a broker may deliver to it; none for a function that takes requests only. */
  readonly takes: readonly EventKind[];
  /** Whether it cuts its work into slices, each of them an event that it takes. */
  readonly inSlices: boolean;
  /** How people sign in to its pages; undefined for a function without any. */
  readonly people?: MakePeopleAccess | undefined;
  /** Reads its settings. Throws ConfigFault, which names all that are wrong. */
  configure(environment: Environment): ConfiguredFunction<Stores>;
}

export interface ConfiguredFunction<Stores> {
  /** Those that every process needs. */
  readonly settings: FunctionSettings;
  /** Opens what it needs of the stores. Throws a Failure when that cannot be done. */
  make(stores: Stores, surroundings: Surroundings): Promise<MadeFunction>;
}

/** What a process gives its functions. */
export interface Surroundings {
  readonly metrics: Registry;
  readonly storeErrors: StoreErrorMetrics;
  readonly skippedUsers: SkippedUserMetrics;
  /** Keeps the events that a function refuses for good. */
  readonly deadLetters: DeadLetterKeeper;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Sends an event to the broker; absent in a process that does not know one. */
  readonly publish?: ((event: LapseEvent) => Promise<void>) | undefined;
  /** When each PingSource sends its event next; absent where the process has no schedule of its own. */
  readonly nextRuns?: (() => readonly NextRun[]) | undefined;
  /** Told how far the function is with an event; `total` is undefined where it is not known. */
  readonly progress?: ((done: number, total?: number) => void) | undefined;
}

/** A function that is ready to work. */
export interface MadeFunction {
  /**
   * Handles an event of one of its kinds; see `EventHandler`. Throws InvalidInput for any other event. What it refuses for good
   * is kept as a dead letter before it throws, or else the failure to keep it is thrown, and the event comes again.
   */
  handle(event: LapseEvent, fields: LogFields): Promise<LapseEvent | undefined>;
  /** What it serves over HTTP beside events. */
  readonly routes: readonly Route[];
  readonly missing?: MissingPage | undefined;
  readonly upkeep?: Upkeep | undefined;
  /** Goes the way of a first request, and leaves nothing: what runs for the first time takes several times as long. */
  readonly rehearse?: (() => Promise<unknown>) | undefined;
}

/** Of a function that keeps up with something, as the predictor does with the model in service. */
export interface Upkeep {
  /** Why it cannot be sent requests yet; undefined when it can. */
  unready(): string | undefined;
  /** Looks now for what it follows. Never rejects. */
  refresh(): Promise<void>;
  /** From now on looks by itself. */
  follow(): void;
  close(): Promise<void>;
}

/**
 * The logic of an event function: handles one event, and returns the event that follows from it, if any. Throwing a
 * Failure of kind `invalid` means that the event must never be sent again; anything else is retried. Idempotent: the same
 * (source, id) handled twice leaves what handling it once leaves. `fields` are for log entries about this event: they tell
 * its trace.
 */
export type EventHandler<Event extends LapseEvent, Services> = (
  event: Event,
  services: Services,
  fields?: LogFields,
) => Promise<LapseEvent | undefined>;

interface Parts<Settings extends FunctionSettings, Stores, Services> {
  /** As its Service in knative/ is called. */
  readonly name: string;
  readonly settings: z.ZodType<Settings>;
  /** What handler and routes work with, built once for a process. */
  readonly services: (stores: Stores, surroundings: Surroundings & { settings: Settings }) => Promise<Services>;
}

/** Defines a function that works when a broker delivers an event. */
export function eventFunction<Settings extends FunctionSettings, Stores, Services, Event extends LapseEvent>(
  definition: Parts<Settings, Stores, Services> & {
    readonly takes: readonly EventKind<NoInfer<Event>>[];
    readonly handle: EventHandler<Event, Services>;
    readonly inSlices?: boolean;
  },
): FunctionDefinition<Stores> {
  return httpFunction({ ...definition, routes: () => [] });
}

/** Defines a function that serves HTTP, and may take events too. */
export function httpFunction<
  Settings extends FunctionSettings,
  Stores,
  Services,
  Event extends LapseEvent = LapseEvent,
>({
  name,
  settings: schema,
  services: build,
  routes,
  takes = [],
  handle = async () => undefined,
  upkeep,
  rehearse,
  people,
  missing,
  inSlices = false,
}: Parts<Settings, Stores, Services> & {
  readonly routes: (services: Services) => readonly Route[];
  readonly takes?: readonly EventKind<NoInfer<Event>>[];
  readonly handle?: EventHandler<Event, Services>;
  readonly upkeep?: (services: Services) => Upkeep;
  readonly rehearse?: (services: Services) => Promise<unknown>;
  readonly people?: MakePeopleAccess;
  readonly missing?: MissingPage;
  readonly inSlices?: boolean;
}): FunctionDefinition<Stores> {
  return {
    name,
    takes,
    inSlices,
    people,
    configure(environment) {
      const settings = parseConfig(schema, environment);
      return {
        settings,
        async make(stores, surroundings) {
          const services = await build(stores, { ...surroundings, settings });
          return {
            handle: async (event, fields) => {
              try {
                return await handle(readAs(event, takes, name), services, fields);
              } catch (error) {
                if (!isTooLittle(error)) await surroundings.deadLetters.failed(event, error, fields);
                throw error;
              }
            },
            routes: routes(services),
            missing,
            upkeep: upkeep?.(services),
            rehearse: rehearse && (() => rehearse(services)),
          };
        },
      };
    },
  };
}
