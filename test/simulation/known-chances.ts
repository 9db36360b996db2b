import type { Day } from "#churn/day.ts";
import { randomFrom } from "#churn/random.ts";
import { type Draws, drawsFrom } from "#scripts/generate/draws.ts";
import { type GenerateOptions, generateDays } from "#scripts/generate/generate-actions.ts";
import { isActive, liveThrough, rhythmOf } from "#scripts/generate/life.ts";
import type { User } from "#scripts/generate/user.ts";

/** With so many, the chance of one person is told to about .03, and the mean over all of them far closer. */
const futures = 200;

/**
 * The chance of each person of a simulation to take no action in the `length` days from day `at` on, as only the simulation
 * can know it: the share of many futures that begin with their state on the evening before. Who has gone by then is left out, as they
 * surely take none.
 */
export function chancesOfSilence(options: GenerateOptions, at: Day, length: number): ReadonlyMap<string, number> {
  const evening = eveningBefore(at, options);
  const draws = drawsFrom(randomFrom(`${options.seed} from day ${at}`));
  return new Map(evening.map((user) => [user.id, silentShare(user, at, length, draws)]));
}

function eveningBefore(at: Day, options: GenerateOptions): readonly User[] {
  for (const { day, present } of generateDays(options)) if (day === at - 1) return present;
  throw new RangeError(`Day ${at} does not follow a day of the simulation.`);
}

function silentShare(user: User, at: Day, length: number, draws: Draws): number {
  let silent = 0;
  for (let future = 0; future < futures; future++) if (isSilent({ ...user }, at, length, draws)) silent += 1;
  return silent / futures;
}

/** Lives on with someone, who is changed by it. */
function isSilent(user: User, at: Day, length: number, draws: Draws): boolean {
  for (let day = at; day < at + length; day++) {
    liveThrough(user, day, draws);
    if (isActive(user, day, rhythmOf(day), draws)) return false;
  }
  return true;
}
