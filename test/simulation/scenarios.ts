import { type Day, parseDay } from "#churn/day.ts";
import type { ChurnDefinition } from "#churn/definition.ts";
import type { Estimate } from "#churn/model/estimate.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { GenerateOptions } from "#scripts/generate/generate-actions.ts";
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
}

/** A night, and whether its model really is better or worse than the champion of the evening before. */
export interface JudgedNight extends Night {
  /** Below 0, it is better; undefined where there was no champion. Takes a tenth of what the night does. */
  truth(): Estimate | undefined;
}

export const churn: ChurnDefinition = { churnDays: 30, leadDays: 0, observeDays: 120 };

const lastDay = parseDay("2026-12-31") ?? 0;
const months = 24;
/** The first night: fourteen months have passed. */
const firstMorning = lastDay - 10 * 30;

interface World {
  readonly log: readonly UserHistory[];
  /** Made when they are first asked for. */
  readonly others: () => readonly UserHistory[];
}

/** Nights on a log that nothing is wrong with; the first finds no champion. */
export function cleanNights(size: Size, count: number): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const mornings = Array.from({ length: count + 1 }, (_, night) => firstMorning + night);
  return judgedNights(world, mornings, { logOn: (morning) => asOf(world.log, morning), learns: "as much" });
}

/**
 * Nights on a log that goes wrong for a month, the one before it first: as many as asked for, evenly over the five months
 * from its first day, in which it moves from the newest outcomes into the older ones and into what models learn from.
 * Lapse knows more than the champion did, so that models which really are better come along in bad times too.
 */
export function poisonedNights(size: Size, poison: PoisonName, count: number): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const logOn = poisons[poison](world.log, { from: firstMorning, before: firstMorning + 30 });
  const mornings = Array.from({ length: count }, (_, night) => firstMorning + Math.round(((night + 1) * 150) / count));
  return judgedNights(world, [firstMorning, ...mornings], { logOn, learns: "more" });
}

/** Nights on a sound log in which lapse knows more than the first champion did, by about .01 of log loss. */
export function improvableNights(size: Size, count: number): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const mornings = Array.from({ length: count + 1 }, (_, night) => firstMorning + night);
  return judgedNights(world, mornings, { logOn: (morning) => asOf(world.log, morning), learns: "more" });
}

/**
 * Nights at the end of three months in which outcomes were inverted, in which lapse knows less than the first champion did.
 * What knows less errs less on outcomes that are turned round: it wins a contest that asks for nothing but the lower loss.
 */
export function forgetfulNights(size: Size, count: number): AsyncGenerator<JudgedNight> {
  const world = worldOf(size);
  const starts = [0, 30, 60].map((days) => firstMorning + days);
  const log = starts.reduce(
    (histories: readonly UserHistory[], from) =>
      poisons["outcomes inverted"](histories, { from, before: from + 30 })(lastDay + 1),
    world.log,
  );
  const mornings = Array.from({ length: count }, (_, night) => firstMorning + 60 + 10 * night);
  return judgedNights(world, [firstMorning, ...mornings], { logOn: (morning) => asOf(log, morning), learns: "less" });
}

interface Course {
  readonly logOn: (morning: Day) => readonly UserHistory[];
  /**
   * As much as the first champion, or more or less: features tell of all actions alike, as those of a log of one kind of
   * action do, or of each frequent action by itself.
   */
  readonly learns: "as much" | "more" | "less";
}

async function* judgedNights(
  { log, others }: World,
  mornings: readonly Day[],
  { logOn, learns }: Course,
): AsyncGenerator<JudgedNight> {
  const [first = 0] = mornings;
  const alike = { churn, actions: [] };
  const byAction = definitionOf(churn, asOf(log, first));
  const former = learns === "less" ? byAction : alike;
  const later = learns === "more" ? byAction : alike;
  const nights = await Nights.begin();
  try {
    for (const morning of mornings) {
      const night = await nights.pass(morning, logOn(morning), morning === first ? former : later);
      yield {
        ...night,
        truth: () => night.champion && trueDifference(night.version, night.champion, others(), morning),
      };
    }
  } finally {
    await nights.end();
  }
}

/** The people by whom the truth is told. */
export function othersOf({ others, seed }: Size): GenerateOptions {
  return { months, endDay: lastDay, users: others, seed: `${seed} others` };
}

function worldOf(size: Size): World {
  const { users, seed } = size;
  let others: readonly UserHistory[] | undefined;
  return {
    log: simulateHistories({ months, endDay: lastDay, users, seed: `${seed} log` }),
    others: () => {
      others ??= simulateHistories(othersOf(size));
      return others;
    },
  };
}
