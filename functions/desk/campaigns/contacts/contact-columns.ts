import { listedUserNames, plainName, roleNames } from "#churn/intake/role-names.ts";

/** Names of the columns of a table of contacts, the clearest first, as `plainName` has them. */
export const contactColumns = {
  user: listedUserNames,
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

/** All columns that are called by one of these names. */
export function columnsCalled(names: readonly string[], headings: readonly string[]): string[] {
  return headings.filter((heading) => names.includes(plainName(heading)));
}
