import { dayOf } from "#churn/day.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";

/** Stores the log of `lapse generate` that ends the day before `now`, in milliseconds. Returns the number of its actions. */
export async function storeLog(
  actions: ActionStore,
  { users, months, now }: { readonly users: number; readonly months: number; readonly now: number },
): Promise<number> {
  const log = generateLog({ users, months, seed: "1", endDay: dayOf(now) - 1 });
  const { created } = await ingestLog(log, { actions, now: () => now });
  await log.close();
  return created;
}
