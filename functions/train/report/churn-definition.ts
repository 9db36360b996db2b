import type { ChurnDefinition } from "#churn/definition.ts";
import { formatCounted } from "#pages/format.ts";

/** When a user counts as gone, in one or two sentences. */
export function churnInWords({ churnDays, leadDays }: ChurnDefinition): string {
  const days = (count: number) => formatCounted(count, "day");
  const lead =
    leadDays === 0 ? "" : ` The ${days(leadDays)} right after the snapshot are left out, to leave time to act.`;
  return `A user has left who does nothing at all for ${days(churnDays)} after the snapshot.${lead} All of this is about users who were still here at the snapshot: those who did something in the ${days(churnDays)} before it. The others had left already, and are neither learned from nor counted.`;
}
