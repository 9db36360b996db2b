import { Counter, type Registry } from "prom-client";

export interface SkippedUserMetrics {
  /** Counts users whose numbers one run of a function could not work with. */
  skipped(name: string, users: number): void;
}

/** Users whom a run left out, because what is stored of them cannot be worked with. */
export function skippedUserMetrics(metrics: Registry): SkippedUserMetrics {
  const users = new Counter({
    name: "lapse_users_skipped_total",
    help: "Users whom a run left out, because what is stored of them cannot be worked with; the log names them",
    labelNames: ["function"],
    registers: [metrics],
  });
  return { skipped: (name, count) => users.inc({ function: name }, count) };
}
