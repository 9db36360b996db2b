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

/** The number of the batch that a line of appendForEver tells of. */
export function crashBatchOf(line: string): number {
  return Number(line.split("/", 1)[0]);
}

/** The actions that a line of appendForEver reports as created. */
export function crashActions(line: string): Action[] {
  const [batch, place] = line.split("/").map(Number);
  const actions = crashBatch(batch ?? 0);
  return place === undefined ? actions : actions.slice(place, place + 1);
}
