import type { ModelManifest } from "#churn/model/manifest.ts";
import type { FeatureSet, FeatureStore } from "#stores/features/feature-store.ts";

/** Rows written at a time, as the functions do. */
const chunkSize = 2_000;

/** Stores `count` users, user-0 and so on, who are here, each with features of their own. */
export async function putUsers(
  store: Pick<FeatureStore, "putSet" | "put" | "completeSet">,
  model: ModelManifest,
  count: number,
): Promise<void> {
  const { definition, features: names } = model;
  const set: FeatureSet = { id: "bench", snapshot: 20_000, definition, populations: [definition.churn], names };
  await store.putSet(set);
  for (let from = 0; from < count; from += chunkSize) {
    const users = Array.from({ length: Math.min(chunkSize, count - from) }, (_, i) => from + i);
    await store.put(
      set.id,
      users.map((user) => ({ userId: `user-${user}`, lapsed: [null], values: vectorOf(model, user) })),
    );
  }
  // What is read of a set that is still being written is kept for a moment only.
  await store.completeSet(set.id);
}

/** Values near the typical ones, with two decimals; `days_since_last` is the typical one, so that the user is here. */
export function vectorOf({ features, typical }: ModelManifest, user: number): number[] {
  return typical.map((value, j) => {
    if (features[j] === "days_since_last") return value;
    return Math.round(value * (0.5 + ((j + user) % 4) / 2 + (user % 97) / 97) * 100) / 100;
  });
}
