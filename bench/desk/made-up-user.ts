import type { ListedUser } from "#churn/list/listed-user.ts";
import { randomFrom } from "#churn/random.ts";
import { listedUser } from "#test/support/listed-user.ts";

/** User number `n` of a list that is always the same: three tenths have lapsed, a few are at high risk. */
export function madeUpUser(n: number): ListedUser {
  const random = randomFrom(`bench/desk ${n}`);
  const userId = `user-${String(n).padStart(8, "0")}`;
  const value = Math.round(20_000 * random() ** 3) / 100;
  const tenure = Math.floor(900 * random());
  if (random() < 0.3)
    return listedUser(userId, {
      ...{ state: "lapsed", probability: undefined, risk: undefined, lapsedSince: 20_000, value, tenure },
      silence: Math.floor(400 * random()),
    });
  const probability = random() ** 2;
  const reason = (feature: string) => ({
    ...{ feature, value: 12, typical: 3, contribution: random() },
    sentence: `${Math.ceil(30 * random())} of these in the last 30 days (typically 3)`,
  });
  return listedUser(userId, {
    ...{ probability, value, tenure },
    risk: probability > 0.7 ? "high" : probability > 0.4 ? "medium" : "low",
    silence: Math.floor(30 * random()),
    activeDays: Math.floor(60 * random()),
    usualGap: 1 + 20 * random(),
    typicalGap: 4,
    reasons: [reason("days_since_last"), reason("actions_30d"), reason("value_30d")].slice(Math.floor(3 * random())),
  });
}
