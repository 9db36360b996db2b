import type { Day } from "#churn/day.ts";
import { type MonthOfPromises, newestPromises, promisesByMonth } from "#churn/promises/by-month.ts";
import { judgedFrom, windowEnd } from "#churn/promises/closing.ts";
import type { Promises } from "#churn/promises/promises.ts";
import type { ActionStore } from "../actions/action-store.ts";
import type { ModelStore } from "../models/model-store.ts";
import { readableManifest } from "../models/readable.ts";
import type { Ledger } from "./ledger.ts";

/** What was promised against what happened, for people to read. */
export interface PromisesRead {
  /** Of what was shown: the newest 28 nights; undefined while none is judged. */
  readonly newest: Promises | undefined;
  /** Of what was shown, the newest month first. */
  readonly shown: readonly MonthOfPromises[];
  /** The same of what challengers scored in shadow. */
  readonly shadow: readonly MonthOfPromises[];
  /** The oldest list after those that are judged; undefined if there is none. */
  readonly next: NextComparison | undefined;
}

/** When a list that was shown will be judged. */
export interface NextComparison {
  readonly snapshot: Day;
  /** The first day on which it can be. */
  readonly from: Day;
  /** The day that the log must have reached by then. */
  readonly logTo: Day;
  /** The last day of the log; undefined while it is empty. */
  readonly lastDay: Day | undefined;
}

interface Stores {
  readonly ledger: Pick<Ledger, "nights" | "batches">;
  readonly models: Pick<ModelStore, "manifest">;
  readonly actions: Pick<ActionStore, "extent">;
}

export async function readPromises(stores: Stores): Promise<PromisesRead> {
  const nights = await stores.ledger.nights();
  const judged = nights.filter(({ role }) => role === "champion").map(({ snapshot }) => snapshot);
  return {
    newest: newestPromises(nights, "champion"),
    shown: promisesByMonth(nights, "champion"),
    shadow: promisesByMonth(nights, "challenger"),
    next: await nextComparison(Math.max(Number.NEGATIVE_INFINITY, ...judged), stores),
  };
}

async function nextComparison(after: Day, { ledger, models, actions }: Stores): Promise<NextComparison | undefined> {
  const batches = await ledger.batches(Number.isFinite(after) ? { from: after + 1 } : {});
  const next = batches.find(({ entries }) => entries.champion > 0);
  if (next === undefined) return undefined;
  const manifest = await readableManifest(next.modelVersion, models);
  if (manifest === undefined) return undefined;
  const { churn } = manifest.definition;
  return {
    snapshot: next.snapshot,
    from: judgedFrom(next.snapshot, churn),
    logTo: windowEnd(next.snapshot, churn) - 1,
    lastDay: (await actions.extent(churn.passive))?.lastDay,
  };
}
