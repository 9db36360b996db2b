import type { EventEmitter } from "node:events";
import type { Logger } from "./logging.ts";

export interface ShutdownOptions {
  /** Run one after the other: first what takes requests, last the stores. */
  readonly steps: readonly ShutdownStep[];
  /** The most that all steps together may take; what is still open then is cut off. */
  readonly limitMilliseconds: number;
  readonly logger: Logger;
  readonly process: ProcessLike;
}

export interface ShutdownStep {
  readonly name: string;
  stop(): Promise<void>;
}

/** The part of `process` that a shutdown needs. */
export type ProcessLike = Pick<EventEmitter, "once" | "on"> & { exit(code: number): void };

/**
 * Ends the process in order on SIGTERM and SIGINT, with status 0 when every step ended in time and 1 otherwise. A second
 * signal ends it at once.
 */
export function stopOnSignals({ steps, limitMilliseconds, logger, process }: ShutdownOptions): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return process.exit(1);
    stopping = true;
    logger.info({ "event.action": "stop" }, `Stopping on ${signal}.`);
    const late = setTimeout(() => {
      logger.error({ "event.action": "stop" }, "Not everything stopped in time; what is left is cut off.");
      process.exit(1);
    }, limitMilliseconds);
    const stopped = await runSteps(steps, logger);
    clearTimeout(late);
    if (stopped) logger.info({ "event.action": "stop" }, "Stopped.");
    process.exit(stopped ? 0 : 1);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
}

/** Runs every step, even after one has failed: the stores are closed in any case. */
async function runSteps(steps: readonly ShutdownStep[], logger: Logger): Promise<boolean> {
  let complete = true;
  for (const step of steps) {
    try {
      await step.stop();
    } catch (error) {
      complete = false;
      logger.error({ error, "event.action": "stop" }, `Stopping ${step.name} failed.`);
    }
  }
  return complete;
}
