import type { Registry } from "prom-client";
import { QuickCounter, type Tally } from "./quick-counter.ts";
import { QuickHistogram, type Series } from "./quick-histogram.ts";

export interface RequestMetrics {
  /** Counts one answered request; `route` is the pattern that matched (`/v1/models/:name`), never the path itself. */
  answered(request: { function: string; route: string; status: number; seconds: number }): void;
}

/** HTTP requests by function, route and status, and how long they took. */
export function requestMetrics(metrics: Registry): RequestMetrics {
  const requests = new QuickCounter({
    name: "lapse_requests_total",
    help: "HTTP requests answered",
    labelNames: ["function", "route", "status"],
    registers: [metrics],
  });
  const durations = new QuickHistogram({
    name: "lapse_request_duration_seconds",
    help: "Time from the first byte of a request's headers to the end of its answer",
    labelNames: ["function", "route"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    registers: [metrics],
  });
  const byFunction = new Map<string, Map<string, Of>>();
  const begin = (name: string, route: string): Of => {
    const begun = { durations: durations.series({ function: name, route }), byStatus: new Map<number, Tally>() };
    byFunction.set(name, (byFunction.get(name) ?? new Map<string, Of>()).set(route, begun));
    return begun;
  };
  return {
    answered({ function: name, route, status, seconds }) {
      const { durations: taken, byStatus } = byFunction.get(name)?.get(route) ?? begin(name, route);
      let answers = byStatus.get(status);
      if (answers === undefined) {
        answers = requests.series({ function: name, route, status: String(status) });
        byStatus.set(status, answers);
      }
      answers.add();
      taken.observe(seconds);
    },
  };
}

/** The series of one route. */
interface Of {
  readonly durations: Series;
  readonly byStatus: Map<number, Tally>;
}
