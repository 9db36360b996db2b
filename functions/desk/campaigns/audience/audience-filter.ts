import type { UserFilter } from "#stores/users/user-list.ts";

/** Which of the users who have a score. */
export interface AudienceFilter extends Omit<UserFilter, "state" | "moved" | "idPrefix"> {
  /** At risk: of high risk under the model's thresholds; slipping: of medium; here: any. */
  readonly state: "here" | "slipping" | "at-risk";
}

/** Where a list ends. */
export interface ListLimits {
  /** How many users are taken; undefined for all. */
  readonly top: number | undefined;
  /** How many can be contacted, and what says so, such as CONTACT_CAPACITY; undefined for any number. */
  readonly capacity: Capacity | undefined;
}

export interface Capacity {
  readonly contacts: number;
  /** What it was set with; undefined where it was asked for with the list. */
  readonly setBy: string | undefined;
}

/** The most contacts: as asked for with the list, or else as the setting has them. */
export function capacityOf(asked: number | undefined, set: number | undefined): Capacity | undefined {
  if (asked !== undefined) return { contacts: asked, setBy: undefined };
  return set === undefined ? undefined : { contacts: set, setBy: "CONTACT_CAPACITY" };
}

/** A filter in words: `at risk, value at least 10, the 500 of the highest probability, at most 400 contacts`. */
export function describeFilter(filter: AudienceFilter, sort: string, { top, capacity }: ListLimits): string {
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
    ...(capacity === undefined ? [] : [describeCapacity(capacity)]),
  ];
  return parts.join(", ");
}

function describeCapacity({ contacts, setBy }: Capacity): string {
  const most = `at most ${contacts.toLocaleString("en")} ${contacts === 1 ? "contact" : "contacts"}`;
  return setBy === undefined ? most : `${most} (${setBy})`;
}
