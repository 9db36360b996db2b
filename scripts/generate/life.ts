import { type Day, startOf } from "#churn/day.ts";
import type { Draws } from "./draws.ts";
import type { Departure, User } from "./user.ts";

/** Moves a user's life on by a day: mood, pauses, and the decision to leave. */
export function liveThrough(user: User, day: Day, draws: Draws): void {
  // An Ornstein-Uhlenbeck process in steps of a day: a low lasts for weeks.
  user.mood += -user.mood / 35 + 0.2 * draws.normal();
  user.grievance *= 0.96;
  if (user.leaving !== undefined) {
    user.gone = day >= user.leaving.since + user.leaving.days;
    return;
  }
  if (day >= user.pausedUntil && draws.chance(1 / 110)) user.pausedUntil = day + Math.ceil(pauseLength(draws));
  if (day >= user.distractedUntil && draws.chance(1 / 160))
    user.distractedUntil = day + Math.floor(draws.between(12, 32));
  if (draws.chance(hazardOf(user, day))) user.leaving = departure(day, draws);
}

/** Whether the user comes on this day, which has the rhythm given. */
export function isActive(user: User, day: Day, rhythmOfDay: Rhythm, draws: Draws): boolean {
  if (user.gone || day < user.pausedUntil) return false;
  const staying = user.leaving?.fades ? 1 - (day - user.leaving.since) / user.leaving.days : 1;
  const distracted = day < user.distractedUntil ? 0.35 : 1;
  const probability = user.rate * rhythm(user, rhythmOfDay) * Math.exp(0.4 * user.mood) * distracted * staying;
  return draws.chance(Math.min(0.97, probability));
}

/** Ends an absence, and whatever decision to leave was taken. */
export function winBack(user: User, day: Day): void {
  user.leaving = undefined;
  user.gone = false;
  user.pausedUntil = Math.min(user.pausedUntil, day);
}

/** Days: a holiday as a rule, and now and then an absence as long as that of someone who has left. */
function pauseLength(draws: Draws): number {
  return draws.chance(0.3) ? draws.between(25, 60) : draws.between(5, 25);
}

/** Half of those who leave fade out over weeks; the others come as before for a few days and then no more. */
function departure(day: Day, draws: Draws): Departure {
  const fades = draws.chance(0.5);
  return { since: day, days: fades ? draws.between(15, 45) : draws.between(0, 10), fades };
}

/** Probability of giving up on this day: more for the new, the unhappy and those whose tickets were not answered. */
function hazardOf(user: User, day: Day): number {
  const newness = 1 + 2.5 * Math.exp(-(day - user.arrival) / 21);
  return Math.min(0.5, user.kind.hazard * newness * Math.exp(-1.6 * user.mood) * (1 + 14 * user.grievance));
}

/** Weekends, and two holiday seasons that empty the product for a while. */
function rhythm(user: User, { isWeekend, season }: Rhythm): number {
  return (isWeekend ? user.kind.weekend : 1) * season;
}

/** What a day is to everyone: told once for a day, as thousands of users are asked. */
export interface Rhythm {
  readonly isWeekend: boolean;
  /** By how many times more often than usual people come: less in holidays. */
  readonly season: number;
}

export function rhythmOf(day: Day): Rhythm {
  const date = new Date(startOf(day));
  const weekday = date.getUTCDay();
  const monthDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const winter = monthDay >= 1223 || monthDay <= 102;
  const summer = monthDay >= 808 && monthDay <= 821;
  return { isWeekend: weekday === 0 || weekday === 6, season: winter ? 0.5 : summer ? 0.65 : 1 };
}
