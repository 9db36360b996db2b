import type { Day } from "#churn/day.ts";
import { fnv1a, uniform } from "#churn/hash.ts";
import { randomFrom } from "#churn/random.ts";
import type { UserDay, UserHistory } from "#churn/user-history.ts";
import { asOf, historyOf } from "./simulated-log.ts";

export interface Stretch {
  readonly from: Day;
  /** Exclusive. */
  readonly before: Day;
}

/** A log that goes wrong for a stretch of days, as it was on the morning of a day. */
export type PoisonedLog = (morning: Day) => readonly UserHistory[];

/** Ways in which a log goes wrong. Only what happens within the stretch is touched; most keep the volume of the log. */
export const poisons = {
  /** Who stayed through the stretch did nothing, and who did nothing did what the others did. */
  "outcomes inverted": (log, stretch) => rearranged(log, stretch, inverted),
  /** What one user did, another is said to have done. */
  "actions shuffled": (log, stretch) => rearranged(log, stretch, shuffled),
  /** The actions of every second user do not arrive. */
  "half of the users missing": (log, stretch) => rearranged(log, stretch, (active) => halved(active)),
  /** Every second action does not arrive, whosever it is. */
  "half of the actions missing": (log, stretch) => (morning) =>
    asOf(log, morning).flatMap(({ userId, days }) => {
      const kept = days.filter(
        ({ day, action }) => !isIn(stretch, day) || uniform(fnv1a(`${userId}\0${day}\0${action}`)) < 0.5,
      );
      return kept.length === 0 ? [] : [{ userId, days: kept }];
    }),
  /** The clocks of every second user are three weeks slow. */
  "clocks off": (log, stretch) => (morning) =>
    asOf(log, morning).map(({ userId, days }) =>
      isOdd(userId)
        ? historyOf(
            userId,
            days.map((day) => (isIn(stretch, day.day) ? { ...day, day: day.day - 21 } : day)),
          )
        : { userId, days },
    ),
} satisfies Record<string, (log: readonly UserHistory[], stretch: Stretch) => PoisonedLog>;

export type PoisonName = keyof typeof poisons;

/** The days of each user within a stretch. */
type Active = ReadonlyMap<string, readonly UserDay[]>;

/** A log in which the days of a stretch belong to other users than they did. */
function rearranged(log: readonly UserHistory[], stretch: Stretch, arrange: (active: Active) => Active): PoisonedLog {
  // Those who were there in the two months before, so that nobody comes back from long ago.
  const here = log.filter(({ days }) => days.some(({ day }) => day >= stretch.from - 60 && day < stretch.before));
  const active = new Map(here.map(({ userId, days }) => [userId, days.filter(({ day }) => isIn(stretch, day))]));
  const arranged = arrange(active);
  const poisoned = log.map(({ userId, days }) =>
    historyOf(userId, merged([...days.filter(({ day }) => !isIn(stretch, day)), ...(arranged.get(userId) ?? [])])),
  );
  return (morning) => asOf(poisoned, morning);
}

function inverted(active: Active): Active {
  const users = [...active.keys()];
  const silent = users.filter((user) => active.get(user)?.length === 0);
  const stayed = users.filter((user) => active.get(user)?.length !== 0);
  return new Map(
    silent.map((user, position) => [
      user,
      stayed.filter((_, of) => of % silent.length === position).flatMap((one) => active.get(one) ?? []),
    ]),
  );
}

function shuffled(active: Active): Active {
  const random = randomFrom("shuffled");
  const users = [...active.keys()];
  for (let last = users.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [users[last], users[other]] = [users[other] ?? "", users[last] ?? ""];
  }
  return new Map([...active.values()].map((days, position) => [users[position] ?? "", days]));
}

function halved(active: Active): Active {
  return new Map([...active].filter(([user]) => isOdd(user)));
}

function isOdd(userId: string): boolean {
  return fnv1a(userId) % 2 === 1;
}

function isIn({ from, before }: Stretch, day: Day): boolean {
  return day >= from && day < before;
}

/** One entry for each day and action. */
function merged(days: readonly UserDay[]): Iterable<UserDay> {
  const found = new Map<string, UserDay>();
  for (const day of days) {
    const key = `${day.day} ${day.action}`;
    const before = found.get(key);
    const sum = before && { ...day, count: before.count + day.count, value: before.value + day.value };
    found.set(key, sum ?? day);
  }
  return found.values();
}
