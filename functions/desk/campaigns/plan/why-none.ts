import type { KnownRate } from "#stores/campaigns/known-rate.ts";

/** What is said of a plan in which it pays to contact no one, and what may be done where only own campaigns say so. */
export function whyNone({ isMeasured }: Pick<KnownRate, "isMeasured">): string {
  const none = "No contact pays for itself";
  return isMeasured
    ? `${none} by the save rate that your campaigns have shown. To plan another way of contacting users, give the save rate that you expect of it.`
    : `${none}.`;
}
