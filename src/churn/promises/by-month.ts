import { type Day, formatDay } from "../day.ts";
import type { Night } from "./night.ts";
import { type Promises, promisesOf } from "./promises.ts";

/** The night of one version in one role, once it is judged. */
export interface JudgedNight {
  readonly snapshot: Day;
  readonly modelVersion: string;
  /** The champion's scores were shown, the challenger's were not. */
  readonly role: "champion" | "challenger";
  /** When its scores were added to the ledger, in milliseconds since the epoch: of two lists of a night, the later counts. */
  readonly addedAt: number;
  readonly night: Night;
}

/** One UTC month of snapshots. */
export interface MonthOfPromises {
  /** `2024-03` */
  readonly month: string;
  /** Of each night the list that counted, whichever version made it. */
  readonly all: Promises;
  /** By version, the newest first; every list of each. */
  readonly versions: readonly { readonly version: string; readonly promises: Promises }[];
}

/** What one role promised, by month, the newest first. */
export function promisesByMonth(judged: readonly JudgedNight[], role: JudgedNight["role"]): readonly MonthOfPromises[] {
  const months = grouped(
    judged.filter((one) => one.role === role),
    ({ snapshot }) => formatDay(snapshot).slice(0, 7),
  );
  return [...months].sort(([a], [b]) => (a < b ? 1 : -1)).flatMap(([month, nights]) => monthOf(month, nights) ?? []);
}

/** What one role promised on the newest nights that are judged; undefined while there are none. */
export function newestPromises(
  judged: readonly JudgedNight[],
  role: JudgedNight["role"],
  nights = newestNights,
): Promises | undefined {
  const counted = countedOf(judged.filter((one) => one.role === role)).sort((a, b) => b.snapshot - a.snapshot);
  return promisesOf(counted.slice(0, nights).map(({ night }) => night));
}

/** Four weeks, so that no weekday counts more than another. */
export const newestNights = 28;

function monthOf(month: string, nights: readonly JudgedNight[]): MonthOfPromises | undefined {
  const all = promisesOf(countedOf(nights).map(({ night }) => night));
  if (all === undefined) return undefined;
  const versions = [...grouped(nights, ({ modelVersion }) => modelVersion)]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .flatMap(([version, own]) => {
      const promises = promisesOf(own.map(({ night }) => night));
      return promises === undefined ? [] : [{ version, promises }];
    });
  return { month, all, versions };
}

/** Of each snapshot the list that was made last. */
function countedOf(nights: readonly JudgedNight[]): JudgedNight[] {
  const last = new Map<Day, JudgedNight>();
  for (const one of nights) {
    const other = last.get(one.snapshot);
    if (other === undefined || isLater(one, other)) last.set(one.snapshot, one);
  }
  return [...last.values()];
}

function isLater(a: JudgedNight, b: JudgedNight): boolean {
  return a.addedAt === b.addedAt ? a.modelVersion > b.modelVersion : a.addedAt > b.addedAt;
}

function grouped(nights: readonly JudgedNight[], keyOf: (night: JudgedNight) => string): Map<string, JudgedNight[]> {
  const groups = new Map<string, JudgedNight[]>();
  for (const night of nights) groups.set(keyOf(night), [...(groups.get(keyOf(night)) ?? []), night]);
  return groups;
}
