import { describe, expect, it } from "vitest";
import { storedName } from "#churn/features/stored-features.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import type { LedgerEntry } from "#stores/ledger/ledger.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { exampleManifest, exampleParameters, vectorAway } from "#test/support/example-model.ts";
import { Shadow } from "./shadow.ts";

const champion = exampleManifest();
const parameters = { ...exampleParameters(), linear: { ...exampleParameters().linear, intercept: 0.4 } };
const challenger = exampleManifest({ version: "20240602T020000Z-other", parameters });
const set: FeatureSet = {
  id: "s1",
  snapshot: 19_784,
  definition: champion.definition,
  populations: [champion.definition.churn],
  names: champion.features,
};
const ann: FeatureRow = { userId: "ann", lapsed: [null], values: vectorAway(champion, 3) };
const bob: FeatureRow = { userId: "bob", lapsed: [19_780], values: vectorAway(champion, 70) };

describe("the challenger in shadow", () => {
  it("scores who is here, under a role of its own", async () => {
    const { entries, run } = setUp(async () => challenger);
    const shadow = await run([ann, bob]);
    expect(entries).toEqual([
      {
        userId: "ann",
        snapshot: 19_784,
        modelVersion: challenger.version,
        role: "challenger",
        state: "here",
        probability: probabilityOf(parameters, ann.values),
      },
    ]);
    expect(shadow.users).toBe(1);
  });

  it("writes in parts", async () => {
    const { parts, run } = setUp(async () => challenger);
    await run(Array.from({ length: 4_100 }, (_, n) => ({ ...ann, userId: `u${n}` })));
    expect(parts).toEqual([2_000, 2_000, 100]);
  });

  it("does nothing where the champion is its own challenger, or the set lacks what it needs", async () => {
    const same = setUp(async () => champion);
    expect((await same.run([ann])).users).toBeUndefined();
    const needsMore = setUp(async () => ({ ...challenger, features: [...challenger.features, "something_new"] }));
    await needsMore.run([ann]);
    const other = { churnDays: 60, leadDays: 0, observeDays: 120 };
    const otherUsers = setUp(async () => ({ ...challenger, definition: { ...challenger.definition, churn: other } }));
    await otherUsers.run([ann]);
    for (const { entries, failures } of [same, needsMore, otherUsers]) expect([entries, failures]).toEqual([[], []]);
  });

  it("reads the columns of its own definition where mails are passive for it: not those of the same names that count them", async () => {
    const { churn } = champion.definition;
    const passive = { ...churn, passive: ["email_*"] };
    const quieter = { ...challenger, definition: { ...challenger.definition, churn: passive } };
    const values = vectorAway(champion, 3);
    const own = vectorAway(champion, 20);
    const rows: FeatureSet = {
      ...set,
      populations: [churn, passive],
      names: [...champion.features, ...quieter.features.map((name) => storedName(name, passive))],
    };
    const row: FeatureRow = { userId: "ann", lapsed: [null, null], values: [...values, ...own] };
    const both = setUp(async () => quieter, undefined, rows);
    await both.run([row]);
    expect(both.entries.map(({ probability }) => probability)).toEqual([probabilityOf(parameters, own)]);

    const alone = { ...rows, populations: [passive], names: quieter.features.map((name) => storedName(name, passive)) };
    const single = setUp(async () => quieter, undefined, alone);
    await single.run([{ ...row, lapsed: [null], values: own }]);
    expect(single.entries.map(({ probability }) => probability)).toEqual([probabilityOf(parameters, own)]);

    const uncounted = setUp(async () => quieter, undefined, { ...set, populations: [churn, passive] });
    await uncounted.run([{ ...row, values }]);
    expect(uncounted.entries).toEqual([]);
  });

  it("tells that the challenger cannot be read, and goes on without it", async () => {
    const corrupt = new CorruptModel("model.json is damaged");
    const { entries, failures, run } = setUp(() => Promise.reject(corrupt));
    expect((await run([ann])).users).toBeUndefined();
    expect([entries, failures]).toEqual([[], [corrupt]]);
  });

  it("tells once that the ledger does not take its scores", async () => {
    const refused = new Error("not now");
    const { failures, run } = setUp(
      async () => challenger,
      () => Promise.reject(refused),
    );
    const rows = Array.from({ length: 4_100 }, (_, n) => ({ ...ann, userId: `u${n}` }));
    expect((await run(rows)).users).toBeUndefined();
    expect(failures).toEqual([refused]);
  });
});

function setUp(manifest: () => Promise<typeof challenger>, append?: () => Promise<void>, features = set) {
  const entries: LedgerEntry[] = [];
  const parts: number[] = [];
  const failures: unknown[] = [];
  const services = {
    models: { manifest },
    ledger: {
      append:
        append ??
        (async (part: readonly LedgerEntry[]) => {
          entries.push(...part);
          parts.push(part.length);
        }),
    },
    failed: (error: unknown) => void failures.push(error),
  };
  const run = async (rows: readonly FeatureRow[]) => {
    const shadow = await Shadow.open(champion, "any", features, services);
    for (const row of rows) await shadow.add(row);
    await shadow.flush();
    return shadow;
  };
  return { entries, parts, failures, run };
}
