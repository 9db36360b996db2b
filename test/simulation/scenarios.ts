import { type Day, parseDay } from "#churn/day.ts";
import type { ChurnDefinition } from "#churn/definition.ts";
import type { Estimate } from "#churn/model/estimate.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { type Night, Nights } from "./nights.ts";
import { type PoisonName, poisons } from "./poison.ts";
import { asOf, definitionOf, simulateHistories } from "./simulated-log.ts";
import { trueDifference } from "./truth.ts";

/** How large a simulation is. */
export interface Size {
  /** Everyone who ever appears in the log; about half are here at a time. */
  readonly users: number;
  /** People by whom the truth is told, of whom training knows nothing. */
  readonly others: number;
  readonly seed: string;
  /** Whether features tell of each frequent action by itself, or, which is twice as fast, of all actions alike. */
  readonly byAction: boolean;
}

/** A night, and whether its model really is better or worse than the champion of the evening before. */
export interface JudgedNight extends Night {
  /** Below 0, it is better; undefined where there was no champion. */
  readonly truth: Estimate | undefined;
}

export const churn: ChurnDefinition = { churnDays: 30, leadDays: 0, observeDays: 120 };

const lastDay = parseDay("2026-12-31") ?? 0;
const months = 24;
/** The first night: fourteen months have passed. */
const firstMorning = lastDay - 10 * 30;

interface World {
  readonly log: readonly UserHistory[];
  readonly others: readonly UserHistory[];
  readonly byAction: boolean;
}

/** Nights on a log that nothing is wrong with. */
export function cleanNights(size: Size, count: number): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const mornings = Array.from({ length: count }, (_, night) => firstMorning + night);
  return judgedNights(world, mornings, (morning) => asOf(world.log, morning));
}

/**
 * Nights on a log that goes wrong for a month, the one before it first: as many as asked for, evenly over the five months
 * from its first day, in which it moves from the newest outcomes into the older ones and into what models learn from. The
 * first champion has learned from few users only, so that models which really are better come along in bad times too.
 */
export function poisonedNights(
  size: Size,
  poison: PoisonName,
  fewUsers: number,
  count: number,
): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const stretch = { from: firstMorning, before: firstMorning + 30 };
  const log = poisons[poison](world.log, stretch);
  const mornings = Array.from({ length: count }, (_, night) => firstMorning + Math.round(((night + 1) * 150) / count));
  const few = world.log.slice(0, fewUsers);
  return judgedNights(world, [firstMorning, ...mornings], (morning) =>
    morning === firstMorning ? asOf(few, morning) : log(morning),
  );
}

/** Nights of a champion that had learned from few users only, so that lapse can do better by now. */
export async function* improvableNights(size: Size, fewUsers: number, count: number): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const few = world.log.slice(0, fewUsers);
  const mornings = Array.from({ length: count }, (_, night) => firstMorning + night);
  yield* judgedNights(world, [firstMorning - 1, ...mornings], (morning) =>
    asOf(morning < firstMorning ? few : world.log, morning),
  );
}

async function* judgedNights(
  { log, others, byAction }: World,
  mornings: readonly Day[],
  logOn: (morning: Day) => readonly UserHistory[],
): AsyncGenerator<JudgedNight> {
  const definition = byAction ? definitionOf(churn, asOf(log, mornings[0] ?? 0)) : { churn, actions: [] };
  const nights = await Nights.begin();
  try {
    for (const morning of mornings) {
      const night = await nights.pass(morning, logOn(morning), definition);
      const truth = night.champion && trueDifference(night.version, night.champion, others, morning);
      yield { ...night, truth };
    }
  } finally {
    await nights.end();
  }
}

function worldOf({ users, others, seed, byAction }: Size): World {
  const options = { months, endDay: lastDay };
  return {
    log: simulateHistories({ ...options, users, seed: `${seed} log` }),
    others: simulateHistories({ ...options, users: others, seed: `${seed} others` }),
    byAction,
  };
}
