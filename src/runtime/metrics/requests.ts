import { Counter, Histogram, type Registry } from "prom-client";

export interface RequestMetrics {
  /** Counts one answered request; `route` is the pattern that matched (`/v1/models/:name`), never the path itself. */
  answered(request: { function: string; route: string; status: number; seconds: number }): void;
}

/** HTTP requests by function, route and status, and how long they took. */
export function requestMetrics(metrics: Registry): RequestMetrics {
  const requests = new Counter({
    name: "lapse_requests_total",
    help: "HTTP requests answered",
    labelNames: ["function", "route", "status"],
    registers: [metrics],
  });
  const durations = new Histogram({
    name: "lapse_request_duration_seconds",
    help: "Time from the first byte of a request's headers to the end of its answer",
    labelNames: ["function", "route"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    registers: [metrics],
  });
  return {
    answered({ function: name, route, status, seconds }) {
      requests.inc({ function: name, route, status: String(status) });
      durations.observe({ function: name, route }, seconds);
    },
  };
}
