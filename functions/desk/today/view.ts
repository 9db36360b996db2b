import type { ListedUser } from "#churn/list/listed-user.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { RiskRule } from "#churn/risk-rule.ts";
import type { NextRun } from "#runtime/schedules.ts";
import type { LogExtent } from "#stores/actions/action-store.ts";
import { type Backups, lastBackup } from "#stores/audit/last-backup.ts";
import { thresholdsOfList } from "#stores/audit/list-thresholds.ts";
import type { FeatureSet } from "#stores/features/feature-store.ts";
import { type PromisesRead, readPromises } from "#stores/ledger/read-promises.ts";
import { type ReadVersions, readVersions } from "#stores/models/readable.ts";
import type { ListTotals } from "#stores/users/user-list.ts";
import { type NightTroubles, nightTroubles } from "../operations/night-troubles.ts";
import type { DeskServices } from "../services.ts";

/** What the first page shows. */
export interface TodayView extends ReadVersions {
  /** Who reads it; undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  /** Undefined while nothing was rolled up. */
  readonly extent: LogExtent | undefined;
  readonly features: FeatureSet | undefined;
  readonly totals: ListTotals;
  /** By what the list calls users at risk; undefined where that is not known. */
  readonly risk: RiskRule | undefined;
  /** Whether there was no list on a day before: then no one can have entered or left the risk. */
  readonly isFirstList: boolean;
  /** How many versions there are, shown or not. */
  readonly allVersions: number;
  /** Undefined while there is none. */
  readonly champion: ModelManifest | undefined;
  /** What the champion stands in for because it cannot be read, in words. */
  readonly standsInFor: string | undefined;
  /** Those most at risk, by probability and by value. */
  readonly mostAtRisk: readonly ListedUser[];
  readonly mostWorth: readonly ListedUser[];
  /** What was promised of users against what they did. */
  readonly promises: PromisesRead;
  readonly deadLetters: number;
  /** Runs that failed, and drift. */
  readonly troubles: NightTroubles;
  readonly backups: Backups;
  /** Undefined where no schedule is known. */
  readonly next: readonly NextRun[] | undefined;
  /** In milliseconds since the epoch. */
  readonly now: number;
  /** What is typed to call the program `lapse`. */
  readonly calledAs: string;
}

/** What is read first in the morning; the page of users has the rest. */
const mostUsers = 5;
const mostVersions = 10;
/** Of a user who is worth nothing, nothing is at risk. */
const leastWorth = 0.01;

export async function todayView(services: DeskServices, reader: string | undefined): Promise<TodayView> {
  const { actions, features, models, users, ledger, deadLetters, audit, now } = services;
  const set = await features.currentSet();
  const passive = set?.definition.churn.passive;
  const [extent, alias, versions, totals, listed, mostAtRisk, mostWorth, promises, letters, troubles, backups, first] =
    await Promise.all([
      actions.extent(passive),
      models.alias("champion"),
      models.versions(),
      users.totals({}),
      users.page({ filter: {}, order: "user_id", limit: 1 }),
      users.page({ filter: { state: "here" }, order: "probability", limit: mostUsers }),
      users.page({ filter: { state: "at_risk", minValue: leastWorth }, order: "value_at_risk", limit: mostUsers }),
      readPromises(services),
      deadLetters.count(),
      nightTroubles(services),
      lastBackup(services),
      ledger.firstSnapshot(),
    ]);
  const risk = await thresholdsOfList(audit, listed.users[0]);
  const shown = await readVersions(versions.slice(0, mostVersions), models);
  return {
    reader,
    extent,
    features: set,
    totals,
    risk,
    // Of the list's own day: the features may be of a later one that is still to be scored.
    isFirstList: (first ?? Number.POSITIVE_INFINITY) >= (listed.users[0]?.snapshot ?? Number.NEGATIVE_INFINITY),
    champion: alias && (await models.manifest(alias.version)),
    standsInFor: alias?.standsInFor,
    ...shown,
    allVersions: versions.length,
    mostAtRisk: mostAtRisk.users,
    mostWorth: mostWorth.users,
    promises,
    deadLetters: letters,
    troubles,
    backups,
    next: services.nextRuns?.(),
    now: now(),
    calledAs: services.calledAs,
  };
}
