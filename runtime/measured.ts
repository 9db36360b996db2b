import type { LapseEvent } from "./events.ts";
import { type Logger, traceFields } from "./logging.ts";
import type { EventMetrics } from "./metrics/events.ts";

type Handle = (event: LapseEvent) => Promise<LapseEvent | undefined>;

/** The same handler, with every event counted, timed and (when it was handled) logged. */
export function measured(
  handle: Handle,
  { name, events, log }: { name: string; events: EventMetrics; log: Pick<Logger, "info"> },
): Handle {
  return async (event) => {
    const started = performance.now();
    const finished = (answer: LapseEvent | undefined, outcome: "success" | "failure") => {
      const seconds = (performance.now() - started) / 1000;
      events.handled({ function: name, type: event.type, answer: answer?.type, outcome, seconds });
      return seconds;
    };
    try {
      const answer = await handle(event);
      const seconds = finished(answer, "success");
      log.info(
        { "event.id": event.id, "event.action": event.type, ...traceFields(event.extensions?.traceparent?.toString()) },
        `${name} handled ${event.type} in ${seconds.toFixed(1)} s${answer === undefined ? "" : `: ${answer.type}`}.`,
      );
      return answer;
    } catch (error) {
      finished(undefined, "failure");
      throw error;
    }
  };
}
