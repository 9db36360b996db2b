import type { Registry } from "prom-client";
import * as z from "zod";
import { Failure } from "#churn/failure.ts";
import type { RefusalEntry } from "./access/refusals.ts";
import { type Environment, loadConfig, orExit } from "./config.ts";
import { DeadLetterKeeper } from "./dead-letters/keeper.ts";
import type { LetterStore } from "./dead-letters/letter.ts";
import type { ConfiguredFunction, FunctionDefinition } from "./function-definition.ts";
import { createLogger, type Logger } from "./logging.ts";
import type { deadLetterMetrics } from "./metrics/dead-letters.ts";
import { processRegistry } from "./metrics/process.ts";
import { type SkippedUserMetrics, skippedUserMetrics } from "./metrics/skipped-users.ts";
import { type StoreErrorMetrics, storeErrorMetrics } from "./metrics/store-errors.ts";
import { storeRetryMetrics } from "./metrics/store-retries.ts";
import type { ProcessLike } from "./shutdown.ts";
import { type StoreSettings, storeOptionsOf } from "./store-settings.ts";
import { openTracer, type TraceSettings } from "./tracing/trace-settings.ts";
import type { Tracer } from "./tracing/tracer.ts";
import { watchUnreadable } from "./unreadable-log.ts";

/** How a process gets at its stores, each of which is opened when a function asks for it. */
export type Connect<Stores> = (options: ReturnType<typeof storeOptionsOf>, now: () => number) => Stores & Connections;

/** What a process does with its stores as a whole. */
interface Connections {
  /** Rejects with a Failure that says what to look at when they cannot be used. */
  check(): Promise<void>;
  /** Opens the record of refused requests, when there is one to record. */
  audit(): Promise<{ append(entry: RefusalEntry): Promise<void> }>;
  /** Opens the store of dead letters, when there is one to keep. */
  deadLetters(): Promise<LetterStore>;
  /** Closes the stores, once no request needs them any more. */
  close(): Promise<void>;
}

/** What the process of one function starts with. */
export interface Beginning<Stores> {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly storeErrors: StoreErrorMetrics;
  readonly skippedUsers: SkippedUserMetrics;
  readonly deadLetters: DeadLetterKeeper;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly stores: Stores & Connections;
  /** Undefined where no traces are recorded. */
  readonly tracer: Tracer | undefined;
}

export interface BeginningOptions<Stores> {
  readonly name: string;
  readonly settings: StoreSettings &
    TraceSettings & { readonly LOG_LEVEL: string; readonly DEAD_LETTERS_LIMIT: number };
  readonly connect: Connect<Stores>;
  /** Of a process that events come to. */
  readonly deadLetterMetrics?: typeof deadLetterMetrics | undefined;
}

const knativeSettings = z.object({
  /** The name of the Service that a pod of Knative belongs to, which may be another than the function's. */
  K_SERVICE: z.string().optional(),
});

/** Makes what a function is made with, in a process of its own. */
export async function beginningOf<Stores>(options: BeginningOptions<Stores>): Promise<Beginning<Stores>> {
  const { name, settings, connect, deadLetterMetrics } = options;
  const now = () => Date.now();
  const metrics = processRegistry();
  const service = `lapse-${name}`;
  const logger = createLogger({ service, level: settings.LOG_LEVEL, now });
  const tracer = await openTracer(settings, { service, logger });
  const watch = {
    onRetry: storeRetryMetrics(metrics).retried,
    onUnreadable: watchUnreadable(metrics, logger, now),
  };
  const stores = connect(storeOptionsOf(settings, watch, tracer), now);
  return {
    logger,
    tracer,
    metrics,
    storeErrors: storeErrorMetrics(metrics),
    skippedUsers: skippedUserMetrics(metrics),
    deadLetters: new DeadLetterKeeper({
      name: loadConfig(knativeSettings).K_SERVICE ?? name,
      letters: () => stores.deadLetters(),
      mostLetters: settings.DEAD_LETTERS_LIMIT,
      now,
      logger,
      metrics: deadLetterMetrics && ((kept) => deadLetterMetrics(metrics, kept)),
    }),
    now,
    stores,
  };
}

/** The function with the settings of this process, which ends with status 1 and all faults where they are wrong. */
export function configureOrExit<Stores>(
  { configure }: FunctionDefinition<Stores>,
  environment: Environment,
): ConfiguredFunction<Stores> {
  return orExit(() => configure(environment));
}

/**
 * Ends the process with a log entry and status 1 when nothing catches an error, because its state can no longer be trusted.
 * A Failure, such as a database that is in use, speaks for itself; of anything else the stack is needed.
 */
export function endOnUncaught(logger: Pick<Logger, "fatal">, process: ProcessLike): void {
  process.once("uncaughtException", (error: unknown) => {
    if (error instanceof Failure) logger.fatal(error.message);
    else logger.fatal({ error }, "An error was not caught; the process ends.");
    process.exit(1);
  });
}
