import { TooLittleToLearn } from "#churn/failure.ts";
import type { LapseEvent } from "./events.ts";
import { type Logger, traceFields } from "./logging.ts";

/**
 * The same handler, for what delivers events: one from which nothing could be learned, as the log holds too little, is taken all the
 * same. It is not at fault, and to deliver it again would be of no use, as the next scheduled event comes by itself when there is more; so
 * it is no dead letter either. The run counts as failed, which the metrics, the audit and the log tell.
 */
export function takingTooLittle<Rest extends unknown[]>(
  handle: (event: LapseEvent, ...rest: Rest) => Promise<LapseEvent | undefined>,
  { name, logger }: { readonly name: string; readonly logger: Pick<Logger, "warn"> },
): typeof handle {
  return async (event, ...rest) => {
    try {
      return await handle(event, ...rest);
    } catch (error) {
      if (!(error instanceof TooLittleToLearn)) throw error;
      const fields = {
        "event.id": event.id,
        "event.action": event.type,
        ...traceFields(event.extensions?.traceparent),
      };
      logger.warn(fields, `${name}: ${error.message}`);
      return undefined;
    }
  };
}
