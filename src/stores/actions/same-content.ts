import type { Action } from "#churn/action.ts";

/** What an action says, without its id. Whether it is passive does not count: sent again the other way, it stays as it was stored. */
export type ActionContent = Pick<Action, "userId" | "action" | "time" | "value">;

/** Whether two actions with the same id say the same. */
export function isSameContent(one: ActionContent, other: ActionContent): boolean {
  return (
    one.userId === other.userId &&
    one.action === other.action &&
    // Not every store keeps parts of a millisecond.
    Math.floor(one.time) === Math.floor(other.time) &&
    (one.value ?? undefined) === (other.value ?? undefined)
  );
}
