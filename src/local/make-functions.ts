import type { Registry } from "prom-client";
import { ConfigFault, type Environment } from "#runtime/config.ts";
import { DeadLetterKeeper } from "#runtime/dead-letters/keeper.ts";
import type { MadeFunction, Surroundings } from "#runtime/function-definition.ts";
import type { Logger } from "#runtime/logging.ts";
import { measured } from "#runtime/measured.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { eventMetrics } from "#runtime/metrics/events.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { Tracer } from "#runtime/tracing/tracer.ts";
import type { Stores } from "#stores/open-stores.ts";
import { sharedStores } from "#stores/shared-stores.ts";
import { functions } from "./functions.ts";
import type { Handlers } from "./wiring.ts";

export interface MakeOptions {
  /** All functions share them. */
  readonly stores: Stores;
  /** Settings of the functions, as a pod has them in environment variables. */
  readonly environment: Environment;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly now: () => number;
  readonly publish: Surroundings["publish"];
  readonly nextRuns: Surroundings["nextRuns"];
  /** Undefined where no traces are recorded. */
  readonly tracer?: Tracer | undefined;
  /** Told how far a function is with an event, by the function's name. */
  readonly progress?: ((name: string, done: number, total: number | undefined) => void) | undefined;
}

/** The functions of this process. */
export interface MadeFunctions {
  readonly made: ReadonlyMap<string, MadeFunction>;
  /** What handles the events of each function that takes some, by the name of its Service in knative/. */
  readonly handlers: Handlers;
  readonly storeErrors: Surroundings["storeErrors"];
}

/** Makes every function on the same stores, with the same metrics. */
export async function makeFunctions(options: MakeOptions): Promise<MadeFunctions> {
  const { stores, environment, metrics, logger, now, publish, nextRuns, progress, tracer } = options;
  const storeErrors = storeErrorMetrics(metrics);
  const skippedUsers = skippedUserMetrics(metrics);
  const events = eventMetrics(metrics);
  const letterMetrics = deadLetterMetrics(metrics, () => stores.deadLetters.count(), true);
  const made = new Map<string, MadeFunction>();
  const handlers: Record<string, Handlers[string]> = {};
  for (const definition of functions) {
    const { name } = definition;
    const configured = definition.configure(environment);
    const one = await configured.make(sharedStores(stores), {
      metrics,
      storeErrors,
      skippedUsers,
      deadLetters: new DeadLetterKeeper({
        name,
        letters: async () => stores.deadLetters,
        mostLetters: configured.settings.DEAD_LETTERS_LIMIT,
        now,
        logger,
        metrics: () => letterMetrics,
      }),
      logger,
      now,
      publish,
      nextRuns,
      progress: (done, total) => progress?.(name, done, total),
    });
    made.set(name, one);
    if (definition.takes.length > 0)
      handlers[name] = measured(one.handle, { name, events, logger, storeErrors, tracer });
  }
  return { made, handlers, storeErrors };
}

/** Throws ConfigFault with all that is wrong in the settings of any function, before anything is made of them. */
export function checkSettings(environment: Environment): void {
  const faults = functions.flatMap(({ configure }) => {
    try {
      configure(environment);
      return [];
    } catch (error) {
      if (error instanceof ConfigFault) return error.faults;
      throw error;
    }
  });
  if (faults.length > 0) throw new ConfigFault([...new Set(faults)]);
}
