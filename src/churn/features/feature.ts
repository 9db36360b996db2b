/** One value of a feature vector, and what it measures at a snapshot. Windows are the days right before it. */
export type Feature =
  /** Actions of any kind in a window. */
  | { readonly kind: "actions"; readonly days: number }
  /** Days with at least one action in a window. */
  | { readonly kind: "active_days"; readonly days: number }
  /** Sum of the values of all actions in a window. */
  | { readonly kind: "value"; readonly days: number }
  /** Actions of one name in a window. */
  | { readonly kind: "count"; readonly action: string; readonly days: number }
  /** Days since the last action of one name, counted up to so many. */
  | { readonly kind: "since"; readonly action: string; readonly days: number }
  /** How the active days of a window lie in its halves: (later - earlier) / (later + earlier), -1 … 1. */
  | { readonly kind: "trend"; readonly days: number }
  | { readonly kind: LifetimeKind };

const lifetimeKinds = ["recency", "tenure", "lifetime_days", "mean_gap", "longest_gap", "overdue"] as const;

/**
 * Of the whole history: recency, days since the last action; tenure, days since the first; lifetime_days, days with
 * an action ever; mean_gap and longest_gap, days between active days; overdue, recency over the mean gap.
 */
type LifetimeKind = (typeof lifetimeKinds)[number];

const names: Record<LifetimeKind, string> = {
  recency: "days_since_last",
  tenure: "days_since_first",
  lifetime_days: "lifetime_active_days",
  mean_gap: "mean_gap_days",
  longest_gap: "longest_gap_days",
  overdue: "overdue_ratio",
};

/** The name of a feature, unique within a definition: `active_days_30d`, `count_login_60d`, `days_since_last`. */
export function nameOf(feature: Feature): string {
  switch (feature.kind) {
    case "actions":
    case "active_days":
    case "value":
    case "trend":
      return `${feature.kind}_${feature.days}d`;
    case "count":
      return `count_${feature.action}_${feature.days}d`;
    case "since":
      return `days_since_${feature.action}_up_to_${feature.days}d`;
    default:
      return names[feature.kind];
  }
}

/** The feature of a name as `nameOf` writes it; undefined for any other text. */
export function parseFeature(name: string): Feature | undefined {
  const lifetime = lifetimeKinds.find((kind) => names[kind] === name);
  if (lifetime !== undefined) return { kind: lifetime };
  const [, since, sinceDays] = /^days_since_(.+)_up_to_(\d+)d$/s.exec(name) ?? [];
  if (since !== undefined) return { kind: "since", action: since, days: Number(sinceDays) };
  const [, action, countDays] = /^count_(.+)_(\d+)d$/s.exec(name) ?? [];
  if (action !== undefined) return { kind: "count", action, days: Number(countDays) };
  const [, kind, days] = /^(actions|active_days|value|trend)_(\d+)d$/.exec(name) ?? [];
  if (kind === "actions" || kind === "active_days" || kind === "value" || kind === "trend")
    return { kind, days: Number(days) };
  return undefined;
}
