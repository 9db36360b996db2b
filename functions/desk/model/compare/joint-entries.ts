import type { Day } from "#churn/day.ts";
import { fnv1a, uniform } from "#churn/hash.ts";
import type { JudgedEntry, Ledger } from "#stores/ledger/ledger.ts";
import { nightsRead } from "../promised/nights-read.ts";
import type { Sample } from "../sample.ts";

/** What two versions served of one user at one snapshot, and what became of the user. */
export interface JointEntry {
  readonly snapshot: Day;
  readonly a: number;
  readonly b: number;
  readonly churned: boolean;
}

/** What both versions scored, as it was served or in shadow, on nights that are judged. */
export interface JointEntries {
  /** Every night that both have scored and that is judged, ascending; entries are of some of them, spread evenly. */
  readonly nights: readonly Day[];
  readonly byUser: ReadonlyMap<string, readonly JointEntry[]>;
}

const mostEntries = 100_000;

export async function jointEntries(
  a: string,
  b: string,
  sample: Sample,
  ledger: Pick<Ledger, "nights" | "entries">,
): Promise<JointEntries> {
  const of = async (modelVersion: string) =>
    new Set((await ledger.nights({ modelVersion })).map(({ snapshot }) => snapshot));
  const [nightsOfA, nightsOfB] = [await of(a), await of(b)];
  const nights = [...nightsOfA].filter((night) => nightsOfB.has(night)).sort((one, other) => one - other);
  const byUser = new Map<string, JointEntry[]>();
  let entries = 0;
  let share = 1;
  for (const snapshot of nightsRead(nights)) {
    const entriesOfNight = ledger.entries({ from: snapshot, before: snapshot + 1, ...sample.range });
    for await (const [userId, entry] of joined(entriesOfNight, a, b)) {
      if (draw(userId) >= share) continue;
      byUser.set(userId, [...(byUser.get(userId) ?? []), { snapshot, ...entry }]);
      entries += 1;
      if (entries <= mostEntries) continue;
      // Whole users, always the same ones.
      share /= 2;
      for (const user of byUser.keys()) if (draw(user) >= share) byUser.delete(user);
      entries = [...byUser.values()].reduce((sum, own) => sum + own.length, 0);
    }
  }
  return { nights, byUser };
}

function draw(userId: string): number {
  return uniform(fnv1a(`compare\0${userId}`));
}

/** Users whom both have scored and whose outcome is known. Entries come ordered by user. */
async function* joined(
  entries: AsyncIterable<JudgedEntry>,
  a: string,
  b: string,
): AsyncGenerator<[userId: string, entry: Omit<JointEntry, "snapshot">]> {
  let current = "";
  let seen: { a?: number | undefined; b?: number | undefined; churned?: boolean | undefined } = {};
  const found = (): [string, Omit<JointEntry, "snapshot">][] =>
    seen.a === undefined || seen.b === undefined || seen.churned === undefined
      ? []
      : [[current, { a: seen.a, b: seen.b, churned: seen.churned }]];
  for await (const { userId, modelVersion, probability, arm, churned } of entries) {
    if (userId !== current) {
      yield* found();
      current = userId;
      seen = {};
    }
    if ((modelVersion !== a && modelVersion !== b) || arm === "treatment") continue;
    seen = { ...seen, [modelVersion === a ? "a" : "b"]: probability, churned };
  }
  yield* found();
}
