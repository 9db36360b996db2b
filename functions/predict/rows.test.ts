import { describe, expect, it } from "vitest";
import type { FeatureStore, StoredFeatures } from "#stores/features/feature-store.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { rowReaders, rowsOf } from "./rows.ts";

const manifest = exampleManifest({ features: ["trend_90d", "days_since_last"] });

const { churn } = manifest.definition;

function stored(userId: string, values: Record<string, number>, populations = [churn]): StoredFeatures {
  const names = Object.keys(values);
  const id = JSON.stringify([names, populations]);
  const set = { id, snapshot: 19_800, definition: manifest.definition, populations, names };
  return { userId, set, lapsed: populations.map(() => null), values: Object.values(values) };
}

class FewUsers implements Pick<FeatureStore, "get"> {
  readonly asked: (readonly string[])[] = [];
  readonly #users: readonly StoredFeatures[];

  constructor(users: readonly StoredFeatures[]) {
    this.#users = users;
  }

  async get(userIds: readonly string[]): Promise<ReadonlyMap<string, StoredFeatures>> {
    this.asked.push(userIds);
    return new Map(this.#users.filter(({ userId }) => userIds.includes(userId)).map((user) => [user.userId, user]));
  }
}

const users = [
  stored("ana", { days_since_last: 3, actions_30d: 9, trend_90d: 0.5 }),
  stored("bob", { trend_90d: -1, days_since_last: 20 }),
  stored("old", { trend_90d: -1, actions_30d: 4 }),
  {
    ...stored("cy", { trend_90d: 0, days_since_last: 3 }, [{ ...churn, churnDays: 60 }, churn]),
    lapsed: [null, 19_790],
  },
  {
    ...stored("dee", { trend_90d: 0, days_since_last: 3 }, [{ ...churn, observeDays: 1 }]),
    lapsed: [19_000],
    values: [],
  },
  stored("fay", { trend_90d: 0, days_since_last: 3 }, [{ ...churn, leadDays: 7 }]),
];

describe("rowsOf", () => {
  it("takes each user's values by name, whatever their order in the store", async () => {
    const rows = await rowsOf([{ user_id: "ana" }, { user_id: "bob" }], manifest, {
      features: new FewUsers(users),
      readerOf: rowReaders(),
      now: () => 0,
    });
    expect(rows).toEqual([
      { userId: "ana", values: Float64Array.of(0.5, 3) },
      { userId: "bob", values: Float64Array.of(-1, 20) },
    ]);
  });

  it("tells since when a user has lapsed by the model's definition, whatever others say", async () => {
    const asked = ["cy", "dee", "fay"].map((user_id) => ({ user_id }));
    expect(
      await rowsOf([...asked, [0, 31]], manifest, {
        features: new FewUsers(users),
        readerOf: rowReaders(),
        now: () => 0,
      }),
    ).toEqual([
      { userId: "cy", state: "lapsed", since: 19_790 },
      { userId: "dee", state: "lapsed", since: 19_000 },
      { userId: "fay", error: expect.stringContaining("who is here"), reason: "invalid" },
      { userId: undefined, state: "lapsed", since: undefined },
    ]);
  });

  it("asks once for all users of a request, and not at all without any", async () => {
    const features = new FewUsers(users);
    await rowsOf([{ user_id: "ana" }, [1, 2], { user_id: "bob" }, { user_id: "ana" }], manifest, {
      features,
      readerOf: rowReaders(),
      now: () => 0,
    });
    expect(features.asked).toEqual([["ana", "bob"]]);
    await rowsOf([[1, 2]], manifest, { features, readerOf: rowReaders(), now: () => 0 });
    expect(features.asked).toHaveLength(1);
  });

  it("keeps places: an unknown user, one whose features lack some, and a bad instance each have their error", async () => {
    const instances = [{ user_id: "eve" }, [1, 2], { user_id: "old" }, "x", { user_id: "bob" }];
    const rows = await rowsOf(instances, manifest, {
      features: new FewUsers(users),
      readerOf: rowReaders(),
      now: () => 0,
    });
    expect(rows).toEqual([
      { userId: "eve", error: expect.stringContaining("This user is not known"), reason: "unknown_user" },
      { userId: undefined, values: Float64Array.of(1, 2) },
      { userId: "old", error: expect.stringContaining("days_since_last"), reason: "invalid" },
      { userId: undefined, error: expect.any(String), reason: "invalid" },
      { userId: "bob", values: Float64Array.of(-1, 20) },
    ]);
  });
});
