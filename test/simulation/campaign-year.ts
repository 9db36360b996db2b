import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armOf } from "#churn/campaign/arm.ts";
import type { Assignment, Campaign } from "#churn/campaign/campaign.ts";
import { type Day, parseDay, startOf } from "#churn/day.ts";
import { DatasetBuilder } from "#churn/features/dataset.ts";
import { fnv1a, uniform } from "#churn/hash.ts";
import { calibrationError } from "#churn/metrics/calibration-error.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import { isHere } from "#churn/population.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { scorerOf } from "#functions/desk/model/compare/scorer.ts";
import { daysIn, generateActions } from "#scripts/generate/generate-actions.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { compareUserIds } from "#stores/user-order.ts";
import { Nights } from "./nights.ts";
import { churn } from "./scenarios.ts";
import { definitionOf, GrowingLog, simulateHistories } from "./simulated-log.ts";

const lastDay = parseDay("2026-12-31") ?? 0;
const controlShare = 0.2;
/** Of those contacted, the share that a campaign wins over: of those who would have left, this share stays. */
const saved = 1 / 3;
/** Of the users who are here, the share that a campaign takes: those most at risk. */
const taken = 0.2;
/** A campaign a month. */
const campaigns = 12;
/** How many of them go by until the next version is trained: each training takes seconds. */
const campaignsOfVersion = 6;
/** The log begins this long before the first campaign. */
const quietMonths = 5;
const months = quietMonths + campaigns;

export interface Year {
  readonly users: number;
  readonly seed: string;
  readonly hasCampaigns: boolean;
  readonly isProtected: boolean;
}

/** How a model is calibrated among people whom no one contacts. */
export interface Calibration {
  /** The mean distance of promise and outcome, by bins of the probability. */
  readonly error: number;
  /** Of the fifth most at risk: the mean probability, and the share that left. */
  readonly promised: number;
  readonly happened: number;
}

/**
 * The version that the function train makes at the end of a year in which a campaign contacts, each month, those most at risk by the version
 * of that time, and wins over a third of them. What the campaigns did is in the log that it learns from.
 */
export async function versionAfterYear({ users, seed, hasCampaigns, isProtected }: Year): Promise<ModelManifest> {
  const folder = await mkdtemp(join(tmpdir(), "lapse-year-"));
  const stores = await setUpStores({ dataDir: folder }, () => startOf(lastDay));
  const nights = await Nights.begin();
  const comingBack = new Map<Day, Set<string>>();
  const wonBackOn = (day: Day) => comingBack.get(day) ?? new Set<string>();
  const options = { users, months, endDay: lastDay, seed: `${seed} log`, wonBackOn };
  const log = new GrowingLog();
  const train = async (morning: Day, histories: readonly UserHistory[]) =>
    (await nights.pass(morning, histories, definitionOf(churn, histories), isProtected ? stores.campaigns : undefined))
      .version;
  let version: ModelManifest | undefined;
  let day = lastDay + 1 - daysIn(options);
  try {
    for (const actions of generateActions(options)) {
      const campaign = hasCampaigns ? campaignOf(day) : undefined;
      if (campaign !== undefined) {
        const histories = inOrder(log);
        if (version === undefined || campaign.number % campaignsOfVersion === 0) version = await train(day, histories);
        const assignments = mostAtRisk(histories, day, version).map((userId) => assignmentOf(campaign, userId));
        await begin(campaign, assignments, stores);
        for (const { userId, arm } of assignments)
          if (arm === "treatment" && drawn(`saved ${userId}`, day) < saved) {
            const back = day + Math.floor(drawn(`back ${userId}`, day) * (churn.churnDays - 5));
            comingBack.set(back, wonBackOn(back).add(userId));
          }
      }
      log.add(actions);
      day += 1;
    }
    return await train(lastDay + 1, inOrder(log));
  } finally {
    await nights.end();
    await stores.close();
    await rm(folder, { recursive: true });
  }
}

/** People who live as those of the log do, of whom everything is known and whom no one contacts. */
export function othersThan({ seed }: Pick<Year, "seed">, users: number): UserHistory[] {
  return simulateHistories({ months, endDay: lastDay, users, seed: `${seed} others` });
}

/** Over the last months of the year. */
export function calibrationOf({ definition, parameters }: ModelManifest, others: readonly UserHistory[]): Calibration {
  const snapshots = [1, 2, 3, 4].map((windows) => lastDay + 1 - windows * churn.churnDays);
  const builder = new DatasetBuilder({ definition, snapshots });
  for (const history of others) builder.add(history);
  const rows = builder.build();
  const p = [...probabilitiesOf(parameters, rows)];
  const riskiest = p
    .map((_, row) => row)
    .sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0))
    .slice(0, Math.round(taken * rows.rows));
  const mean = (values: ArrayLike<number>) =>
    riskiest.reduce((sum, row) => sum + (values[row] ?? 0), 0) / riskiest.length;
  return { error: calibrationError([...rows.y], p), promised: mean(p), happened: mean(rows.y) };
}

interface MonthlyCampaign extends Campaign {
  readonly number: number;
}

/** The campaign that begins on the morning of a day; the windows of all of them are over at the end of the log. */
function campaignOf(day: Day): MonthlyCampaign | undefined {
  const before = day - (lastDay + 1 - campaigns * churn.churnDays);
  if (before < 0 || before % churn.churnDays !== 0) return undefined;
  const startsAt = startOf(day);
  return {
    ...{ id: `campaign-${day}`, name: `Campaign of day ${day}`, audience: "most at risk", controlShare },
    ...{ windowDays: churn.churnDays, costPerContact: 0, incentive: 0, outcomes: [], covariates: [] },
    ...{ startsAt, lastAssignedAt: startsAt, createdAt: startsAt, createdBy: "simulation" },
    number: before / churn.churnDays,
  };
}

function assignmentOf({ id, startsAt }: Campaign, userId: string): Assignment {
  return { userId, arm: armOf(id, userId, controlShare), assignedAt: startsAt, covariates: [], outcomes: [] };
}

async function begin(
  { number: _, ...campaign }: MonthlyCampaign,
  assignments: readonly Assignment[],
  { campaigns: store }: Pick<Stores, "campaigns">,
): Promise<void> {
  await store.create(campaign);
  await store.assign(campaign, assignments);
  await store.freeze(campaign.id);
}

function mostAtRisk(histories: readonly UserHistory[], day: Day, version: ModelManifest): string[] {
  const { vectorOf, served } = scorerOf(version);
  const here = histories.filter((history) => isHere(history, day, churn));
  return here
    .map((history) => ({ userId: history.userId, probability: served(vectorOf(history, day)) }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, Math.round(taken * here.length))
    .map(({ userId }) => userId);
}

/** The histories in the order of a store. */
function inOrder(log: GrowingLog): UserHistory[] {
  return log.histories().sort((a, b) => compareUserIds(a.userId, b.userId));
}

/** Evenly in [0, 1), the same every time. */
function drawn(text: string, day: Day): number {
  return uniform(fnv1a(`${text}\0${day}`));
}
