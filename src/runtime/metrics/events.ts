import { Counter, Histogram, type Registry } from "prom-client";
import { eventTypes } from "../event-kinds.ts";

export interface EventMetrics {
  handled(event: {
    function: string;
    type: string;
    /** The type of the event that followed. */
    answer: string | undefined;
    outcome: "success" | "failure";
    seconds: number;
  }): void;
}

/** CloudEvents handled, what followed from them, and how long that took: for train, how long training takes. */
export function eventMetrics(metrics: Registry): EventMetrics {
  const handled = new Counter({
    name: "lapse_events_handled_total",
    help: "CloudEvents handled, by type, outcome (success, failure) and the type of the event that followed",
    labelNames: ["function", "type", "outcome", "answer"],
    registers: [metrics],
  });
  const durations = new Histogram({
    name: "lapse_event_duration_seconds",
    help: "Time to handle a CloudEvent",
    labelNames: ["function", "type"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers: [metrics],
  });
  return {
    handled({ function: name, type, answer, outcome, seconds }) {
      handled.inc({
        function: name,
        type: bounded(type),
        outcome,
        answer: answer === undefined ? "none" : bounded(answer),
      });
      durations.observe({ function: name, type: bounded(type) }, seconds);
    },
  };
}

/** Types come from senders: those that lapse does not know share one series. */
function bounded(type: string): string {
  return eventTypes.includes(type) ? type : "other";
}
