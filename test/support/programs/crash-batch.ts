import type { Action } from "#churn/action.ts";

/** Forty actions of batch number `batch`; those of different batches share users and days. */
export function crashBatch(batch: number): Action[] {
  return Array.from({ length: 40 }, (_, i) => ({
    userId: `user-${(batch * 3 + i) % 50}`,
    action: i % 2 === 0 ? "click" : "buy",
    time: Date.UTC(2024, 0, 1 + ((batch + i) % 90)),
    value: i,
    eventId: `${batch}/${i}`,
    source: "crash",
  }));
}
