import { isPassive, type PassivePatterns } from "./passive.ts";

/** Whom the model is about, and when they count as gone. All days are whole. */
export interface ChurnDefinition {
  /**
   * A user without an action of their own for this long has lapsed. A user who is here at a snapshot has churned if they
   * have none for this long after it (and its lead). Where churn is an action, how long they are watched for it.
   */
  readonly churnDays: number;
  /** Days between the snapshot and the churn window, to leave time to act; usually 0. */
  readonly leadDays: number;
  /** Length of the longest window that features look back on. Decides neither who is scored nor what became of them. */
  readonly observeDays: number;
  /** What leaving is, such as `unregister`: who has done it has lapsed, however long the others are silent. Absent: silence. */
  readonly action?: string | undefined;
  /** What takes a user back who has left by `action`, such as `register`. Absent: they stay out for good. */
  readonly returnAction?: string | undefined;
  /** Actions of the business, by name: by them no user is here, stays or leaves. */
  readonly passive?: PassivePatterns;
}

/** Everything that decides which features a user has, and so the meaning of a model's input. */
export interface FeatureDefinition {
  readonly churn: ChurnDefinition;
  /** The frequent actions that have features of their own, by name. */
  readonly actions: readonly string[];
}

/** A churn definition as it is set; without observeDays, the length of the log decides. */
export interface ChurnSettings extends Omit<ChurnDefinition, "observeDays"> {
  readonly observeDays?: number | undefined;
}

/**
 * The definition for a log of `logDays` days. Features look back on four churn windows; on three or two where the log
 * could not hold that many and three windows more: one to learn from several snapshots, one for the outcome of the last
 * of them, and one to test on.
 */
export function churnDefinition(settings: ChurnSettings, logDays: number): ChurnDefinition {
  const { churnDays, leadDays, observeDays } = settings;
  const spare = Math.floor((logDays - 2 * leadDays) / churnDays) - 3;
  return { ...settings, observeDays: observeDays ?? Math.min(4, Math.max(2, spare)) * churnDays };
}

/** What is wrong between the actions of a definition, as the rest of a sentence about the setting; undefined if nothing is. */
export function faultOfActions({
  action,
  returnAction,
  passive,
}: Pick<ChurnDefinition, "action" | "returnAction" | "passive">):
  | { readonly of: "action" | "returnAction"; readonly fault: string }
  | undefined {
  for (const [of, name] of [
    ["action", action],
    ["returnAction", returnAction],
  ] as const)
    if (name !== undefined && isPassive(name, passive)) return { of, fault: "is passive." };
  if (returnAction === undefined) return undefined;
  if (action === undefined) return { of: "returnAction", fault: "goes with an action by which users leave." };
  return action === returnAction ? { of: "returnAction", fault: "must be another action." } : undefined;
}

/** Whether two definitions are about the same users and the same outcome, so that their models can be compared. */
export function isSameOutcome(a: ChurnDefinition, b: ChurnDefinition): boolean {
  return (
    a.churnDays === b.churnDays &&
    a.leadDays === b.leadDays &&
    a.action === b.action &&
    a.returnAction === b.returnAction &&
    isSameOwn(a, b)
  );
}

/** Whether two definitions take the same actions for the users' own, so that features of one name are the same. */
export function isSameOwn(a: ChurnDefinition, b: ChurnDefinition): boolean {
  return JSON.stringify(a.passive ?? []) === JSON.stringify(b.passive ?? []);
}
