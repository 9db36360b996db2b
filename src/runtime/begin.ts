import type { Registry } from "prom-client";
import type * as z from "zod";
import { Failure } from "#churn/failure.ts";
import { loadConfig } from "./config.ts";
import { createLogger, type Logger } from "./logging.ts";
import { processRegistry } from "./metrics/process.ts";
import type { ProcessLike } from "./shutdown.ts";

/** What every process starts with. */
interface Beginning<Config> {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Begins the process of one function: reads its settings and runs it, and ends the process with a log entry and status 1
 * when nobody catches an error, then or later, because its state can no longer be trusted.
 */
export async function begin<Schema extends z.ZodType<{ LOG_LEVEL: string }>>(
  name: string,
  schema: Schema,
  run: (beginning: Beginning<z.infer<Schema>>) => Promise<void>,
): Promise<void> {
  const config = loadConfig(schema);
  const now = () => Date.now();
  const logger = createLogger({ service: `lapse-${name}`, level: config.LOG_LEVEL, now });
  endOnUncaught(logger, process);
  await run({ config, logger, metrics: processRegistry(), now });
}

/** A Failure, such as a database that is in use, speaks for itself; of anything else the stack is needed. */
export function endOnUncaught(logger: Pick<Logger, "fatal">, process: ProcessLike): void {
  process.once("uncaughtException", (error: unknown) => {
    if (error instanceof Failure) logger.fatal(error.message);
    else logger.fatal({ error }, "An error was not caught; the process ends.");
    process.exit(1);
  });
}
