import type { UserFilter } from "#stores/users/user-list.ts";

/** Which of the users who have a score. */
export interface AudienceFilter extends Omit<UserFilter, "state" | "moved" | "idPrefix"> {
  /** At risk: of high risk under the model's thresholds; slipping: of medium; here: any. */
  readonly state: "here" | "slipping" | "at-risk";
}

export type Ranking = "probability" | "value-at-risk";

/** A filter in words: `at risk, value at least 10, the 500 of the highest probability`. */
export function describeFilter(filter: AudienceFilter, sort: string, top: number | undefined): string {
  const bounds = [
    ["probability", filter.minProbability, filter.maxProbability],
    ["value", filter.minValue, filter.maxValue],
    ["silent days", filter.minSilence, filter.maxSilence],
    ["days since the first action", filter.minTenure, filter.maxTenure],
  ] as const;
  const parts = [
    filter.state === "at-risk" ? "at risk" : filter.state,
    ...bounds.flatMap(([name, low, high]) => [
      ...(low === undefined ? [] : [`${name} at least ${low}`]),
      ...(high === undefined ? [] : [`${name} at most ${high}`]),
    ]),
    ...(filter.reason === undefined ? [] : [`with a reason of ${filter.reason}`]),
    ...(top === undefined ? [] : [`the ${top.toLocaleString("en")} of the highest ${sort.replaceAll("-", " ")}`]),
  ];
  return parts.join(", ");
}
