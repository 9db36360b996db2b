import type { Day } from "#churn/day.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { measuresFrom, noMeasures, type UserMeasures } from "#churn/list/measures.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Score } from "#churn/score.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import type { UserList } from "#stores/users/user-list.ts";

/** Writes the list of users during one scoring, or a slice of it: those who have a score, and those who have lapsed. */
export class ListWriter {
  readonly #manifest: ModelManifest;
  readonly #snapshot: Day;
  readonly #users: Pick<UserList, "put">;
  readonly #beganAt: number;
  readonly #measures: (values: ArrayLike<number>) => UserMeasures;
  readonly #typicalGap: number | undefined;
  #rows: ListedUser[] = [];

  /** `beganAt` is when the scoring began, in milliseconds since the epoch. */
  constructor(manifest: ModelManifest, set: FeatureSet, users: Pick<UserList, "put">, beganAt: number) {
    this.#manifest = manifest;
    this.#snapshot = set.snapshot;
    this.#users = users;
    this.#beganAt = beganAt;
    this.#measures = measuresFrom(set.names, manifest.definition.churn);
    this.#typicalGap = manifest.typical[manifest.features.indexOf("mean_gap_days")];
  }

  /** `values` are those of the user's row in the set. To be written by `flush`. */
  addScored(score: Score, values: readonly number[]): void {
    this.#rows.push({
      ...score,
      ...this.#measures(values),
      state: "here",
      lapsedSince: undefined,
      typicalGap: this.#typicalGap,
    });
  }

  async addLapsed({ userId, values }: FeatureRow, since: Day): Promise<void> {
    const { churn } = this.#manifest.definition;
    // Where leaving is an action, how long a user has been silent does not follow from when they left.
    const silence = churn.action === undefined ? this.#snapshot - since + churn.churnDays + 1 : undefined;
    const known = values.length === 0 ? { ...noMeasures, silence } : this.#measures(values);
    this.#rows.push({
      userId,
      snapshot: this.#snapshot,
      modelVersion: this.#manifest.version,
      state: "lapsed",
      lapsedSince: since,
      probability: undefined,
      risk: undefined,
      reasons: [],
      ...known,
      typicalGap: this.#typicalGap,
    });
    if (this.#rows.length >= mostRows) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    await this.#users.put(this.#rows, this.#beganAt);
    this.#rows = [];
  }
}

/** Rows written at a time. */
const mostRows = 2_000;
