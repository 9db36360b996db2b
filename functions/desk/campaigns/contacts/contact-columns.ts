import { plainName, roleNames } from "#churn/intake/role-names.ts";

/** Names of the columns of a table of contacts, the clearest first, as `plainName` has them. */
export const contactColumns = {
  user: [...roleNames.user, "id"],
  time: ["contactedat", "sentat", "sent", "contacted", "optedoutat", "at", ...roleNames.time],
  channel: ["channel", "medium", "via"],
  campaign: ["campaign", "campaignid"],
} as const;

/** The place of the column that is called by the first of these names that any is called by. */
export function columnCalled(names: readonly string[], headings: readonly string[]): number | undefined {
  const plain = headings.map(plainName);
  const name = names.find((candidate) => plain.includes(candidate));
  return name === undefined ? undefined : plain.indexOf(name);
}
