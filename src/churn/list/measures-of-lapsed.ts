import type { Day } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { ownHistory } from "../passive.ts";
import type { UserHistory } from "../user-history.ts";
import type { UserMeasures } from "./measures.ts";

/** What is told of a user who has lapsed: what they were worth while they were here, and for how long they are known. */
export type LapsedMeasures = Pick<UserMeasures, "value" | "tenure">;

/**
 * The measures of a user who has lapsed since the start of day `since`, at the start of day `snapshot`: their value as on
 * the last day on which they were here, and their tenure. Undefined for a user without any action before.
 */
export function measuresOfLapsed(
  history: UserHistory,
  { since, snapshot }: { readonly since: Day; readonly snapshot: Day },
  { churnDays, observeDays, action, passive }: ChurnDefinition,
): LapsedMeasures | undefined {
  const { days } = ownHistory(history, passive);
  const first = days[0]?.day;
  if (first === undefined || first >= snapshot) return undefined;
  // Who leaves by an action has lapsed since its very day, at whose start they were still here.
  const at = action === undefined ? since - 1 : since;
  const recent = days.filter(({ day }) => day >= at - observeDays && day < at);
  const windows = Math.max(1, Math.min(observeDays, at - first) / churnDays);
  return { value: recent.reduce((sum, { value }) => sum + value, 0) / windows, tenure: snapshot - first };
}
