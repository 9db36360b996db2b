import { bucketOf } from "#churn/action.ts";
import { randomFrom } from "#churn/random.ts";
import type { Ledger, LedgerEntry } from "#stores/ledger/ledger.ts";
import { madeUpUser } from "./made-up-user.ts";

const chunkSize = 100_000;
/** Of the list that the pages show, which made-up users have. */
const lastSnapshot = madeUpUser(0).snapshot;

/**
 * Fills the ledger with the scores of a list of this many users on as many nights, by bucket as scoring does it, where it has
 * fewer nights; a fill that was cut off is continued with its next night.
 */
export async function fillLedger(ledger: Ledger, users: number, nights: number): Promise<void> {
  const batches = await ledger.batches();
  const whole = new Set(batches.filter(({ entries }) => entries.champion >= users).map(({ snapshot }) => snapshot));
  const missing = Array.from({ length: nights }, (_, night) => lastSnapshot - night).filter((one) => !whole.has(one));
  if (missing.length === 0) return;
  const ids = Array.from({ length: users }, (_, i) => madeUpUser(i).userId);
  const buckets = new Map(ids.map((id) => [id, bucketOf(id)]));
  ids.sort((a, b) => (buckets.get(a) ?? 0) - (buckets.get(b) ?? 0));
  for (const snapshot of missing.reverse()) {
    const random = randomFrom(`bench/desk snapshot ${snapshot}`);
    for (let from = 0; from < users; from += chunkSize) {
      const entries = ids.slice(from, from + chunkSize).map(
        (userId): LedgerEntry => ({
          ...{ userId, snapshot, modelVersion: "v1", probability: random() ** 2 },
          ...{ role: "champion", state: "here" },
        }),
      );
      await ledger.append(entries);
    }
    console.log(`ledger: night of snapshot ${snapshot}`);
  }
}
