import { TooLittleToLearn } from "#churn/failure.ts";
import { eventFields } from "./event-fields.ts";
import type { LapseEvent } from "./events.ts";
import type { Logger } from "./logging.ts";

/**
 * Whether a handler has thrown that the log holds too little to learn from. Then its event is taken all the same: it is not at fault, and
 * to deliver it again would be of no use, as the next scheduled one comes by itself when there is more. So it is no dead letter either.
 */
export function isTooLittle(error: unknown): error is TooLittleToLearn {
  return error instanceof TooLittleToLearn;
}

/** The same handler, for what delivers events. The run counts as failed, which the metrics, the audit and the log tell. */
export function takingTooLittle<Rest extends unknown[]>(
  handle: (event: LapseEvent, ...rest: Rest) => Promise<LapseEvent | undefined>,
  { name, logger }: { readonly name: string; readonly logger: Pick<Logger, "warn"> },
): typeof handle {
  return async (event, ...rest) => {
    try {
      return await handle(event, ...rest);
    } catch (error) {
      if (!isTooLittle(error)) throw error;
      logger.warn(eventFields(event), `${name}: ${error.message}`);
      return undefined;
    }
  };
}
