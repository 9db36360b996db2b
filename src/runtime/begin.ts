import type { Registry } from "prom-client";
import { Failure } from "#churn/failure.ts";
import type { RefusalEntry } from "./access/refusals.ts";
import { type Environment, orExit } from "./config.ts";
import type { ConfiguredFunction, FunctionDefinition } from "./function-definition.ts";
import { createLogger, type Logger } from "./logging.ts";
import { processRegistry } from "./metrics/process.ts";
import { type SkippedUserMetrics, skippedUserMetrics } from "./metrics/skipped-users.ts";
import { type StoreErrorMetrics, storeErrorMetrics } from "./metrics/store-errors.ts";
import { storeRetryMetrics } from "./metrics/store-retries.ts";
import type { ProcessLike } from "./shutdown.ts";
import { type StoreSettings, storeOptionsOf } from "./store-settings.ts";

/** How a process gets at its stores, each of which is opened when a function asks for it. */
export type Connect<Stores> = (options: ReturnType<typeof storeOptionsOf>, now: () => number) => Stores & Connections;

/** What a process does with its stores as a whole. */
interface Connections {
  /** Rejects with a Failure that says what to look at when they cannot be used. */
  check(): Promise<void>;
  /** Opens the record of refused requests, when there is one to record. */
  audit(): Promise<{ append(entry: RefusalEntry): Promise<void> }>;
  /** Closes the stores, once no request needs them any more. */
  close(): Promise<void>;
}

/** What the process of one function starts with. */
export interface Beginning<Stores> {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly storeErrors: StoreErrorMetrics;
  readonly skippedUsers: SkippedUserMetrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly stores: Stores & Connections;
}

/** Makes what a function is made with, in a process of its own. */
export function beginningOf<Stores>(
  name: string,
  settings: StoreSettings & { LOG_LEVEL: string },
  connect: Connect<Stores>,
): Beginning<Stores> {
  const now = () => Date.now();
  const metrics = processRegistry();
  return {
    logger: createLogger({ service: `lapse-${name}`, level: settings.LOG_LEVEL, now }),
    metrics,
    storeErrors: storeErrorMetrics(metrics),
    skippedUsers: skippedUserMetrics(metrics),
    now,
    stores: connect(storeOptionsOf(settings, storeRetryMetrics(metrics).retried), now),
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
