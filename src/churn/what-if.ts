import type { Day } from "./day.ts";
import type { ModelManifest } from "./model/manifest.ts";
import { probabilityOf } from "./model/predict.ts";
import { vectorsOf } from "./model/vectors-of.ts";
import { isPassive } from "./passive.ts";
import { standingAt } from "./population.ts";
import type { UserDay, UserHistory } from "./user-history.ts";

/** What a user's probability of leaving would be. */
export interface WhatIf {
  /** At the snapshot itself. */
  readonly now: Outlook;
  /** A day later, if the user comes once more on the day of the snapshot, and does what they do most often. */
  readonly visit: Outlook;
  /** The action of that visit. */
  readonly action: string;
  /** A week later, if the user does nothing until then. */
  readonly silence: Outlook;
}

/** A probability, 0 … 1, or that the user has lapsed by then. */
export type Outlook = { readonly probability: number } | { readonly lapsed: true };

const week = 7;

/**
 * Predicts from a history what the model would, by the features and formula that score uses. Only what happened before the
 * snapshot counts. Undefined for a user who had done nothing by then.
 */
export function whatIf(history: UserHistory, snapshot: Day, manifest: ModelManifest): WhatIf | undefined {
  const { churn } = manifest.definition;
  const days = history.days.filter(({ day }) => day < snapshot);
  const action = commonest(days.filter((one) => !isPassive(one.action, churn.passive) && one.action !== churn.action));
  if (action === undefined) return undefined;
  const outlookOf = outlooks(manifest);
  const past = { ...history, days };
  const visited = { ...history, days: [...days, { day: snapshot, action, count: 1, value: 0 }] };
  return {
    now: outlookOf(past, snapshot),
    visit: outlookOf(visited, snapshot + 1),
    action,
    silence: outlookOf(past, snapshot + week),
  };
}

function outlooks(manifest: ModelManifest): (history: UserHistory, at: Day) => Outlook {
  const vectorOf = vectorsOf(manifest);
  return (history, at) => {
    if (standingAt(history, at, manifest.definition.churn)?.state !== "here") return { lapsed: true };
    return { probability: probabilityOf(manifest.parameters, vectorOf(history, at)) };
  };
}

/** The action of most days; undefined if there is none. */
function commonest(days: readonly UserDay[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { action } of days) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
