/** Why a user is left out of an audience. */
export const suppressions = ["opted out", "in another campaign", "contacted lately"] as const;
export type Suppression = (typeof suppressions)[number];

export interface SuppressionRules {
  /** Nobody is contacted again within this many days. */
  readonly restDays: number;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** What is known of a user's contacts. */
export interface ContactState {
  readonly isOptedOut: boolean;
  /** Whether the window of another campaign is open for the user, in either arm: that would spoil its comparison. */
  readonly isInCampaign: boolean;
  /** In milliseconds since the epoch; undefined if never. */
  readonly lastContactedAt: number | undefined;
}

/** Why the user is left out; undefined for one who may be contacted. The gravest reason counts. */
export function suppressionOf(
  { isOptedOut, isInCampaign, lastContactedAt }: ContactState,
  { restDays, now }: SuppressionRules,
): Suppression | undefined {
  if (isOptedOut) return "opted out";
  if (isInCampaign) return "in another campaign";
  if (lastContactedAt !== undefined && now - lastContactedAt < restDays * 86_400_000) return "contacted lately";
  return undefined;
}
