import type { LogFields, Logger } from "./logging.ts";

/** One entry of a log, and whom it is about. */
export interface Warning {
  readonly message: string;
  readonly userId?: string | undefined;
}

/**
 * Logs warnings that belong together. Each names at most one user, in the field by which a person finds and erases what logs hold of
 * them. `error` is told with the first.
 */
export function warnOfEach(
  logger: Pick<Logger, "warn">,
  warnings: readonly Warning[],
  fields: LogFields,
  error?: unknown,
): void {
  for (const [i, { message, userId }] of warnings.entries())
    logger.warn(
      {
        ...(i === 0 && error !== undefined && { error }),
        ...fields,
        ...(userId !== undefined && { "user.id": userId }),
      },
      message,
    );
}
