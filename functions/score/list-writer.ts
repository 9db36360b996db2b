import type { Day } from "#churn/day.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { measuresFrom, noMeasures, type UserMeasures } from "#churn/list/measures.ts";
import { type LapsedMeasures, measuresOfLapsed } from "#churn/list/measures-of-lapsed.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Score } from "#churn/score.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import type { FormerLists, UserList } from "#stores/users/user-list.ts";

export interface ListStores {
  readonly users: Pick<UserList, "get" | "put">;
  readonly actions: Pick<ActionStore, "historiesOf">;
}

/** Writes the list of users during one scoring, or a slice of it: those who have a score, and those who have lapsed. */
export class ListWriter {
  readonly #manifest: ModelManifest;
  readonly #snapshot: Day;
  readonly #stores: ListStores;
  readonly #beganAt: number;
  readonly #former: FormerLists;
  readonly #measures: (values: ArrayLike<number>) => UserMeasures;
  readonly #typicalGap: number | undefined;
  #rows: ListedUser[] = [];
  /** Those among the rows of whom no features are kept. */
  #unmeasured: { readonly userId: string; readonly since: Day }[] = [];

  /** `beganAt` is when the scoring began, in milliseconds since the epoch; `former` as `put` has it. */
  constructor(
    manifest: ModelManifest,
    set: FeatureSet,
    stores: ListStores,
    { beganAt, former }: { readonly beganAt: number; readonly former: FormerLists },
  ) {
    this.#manifest = manifest;
    this.#snapshot = set.snapshot;
    this.#stores = stores;
    this.#beganAt = beganAt;
    this.#former = former;
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
    if (values.length === 0) this.#unmeasured.push({ userId, since });
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
    const measured = await this.#measureLapsed();
    const rows = this.#rows.map((row) => ({ ...row, ...measured.get(row.userId) }));
    await this.#stores.users.put(rows, this.#beganAt, this.#former);
    this.#rows = [];
    this.#unmeasured = [];
  }

  /**
   * By what the list before told of them, if the same version made it; by their history otherwise, as on the first list: another
   * version may mean another churn window, or other passive actions.
   */
  async #measureLapsed(): Promise<ReadonlyMap<string, LapsedMeasures>> {
    const [snapshot, unmeasured] = [this.#snapshot, this.#unmeasured];
    const measured = new Map<string, LapsedMeasures>();
    const former = await this.#stores.users.get(unmeasured.map(({ userId }) => userId));
    for (const { userId, value, tenure, snapshot: then, modelVersion } of former.values())
      if (tenure !== undefined && modelVersion === this.#manifest.version)
        measured.set(userId, { value, tenure: tenure + snapshot - then });
    const unknown = unmeasured.filter(({ userId }) => !measured.has(userId));
    if (unknown.length === 0) return measured;
    const histories = await this.#stores.actions.historiesOf(unknown.map(({ userId }) => userId));
    for (const { userId, since } of unknown) {
      const history = histories.get(userId);
      const measures = history && measuresOfLapsed(history, { since, snapshot }, this.#manifest.definition.churn);
      if (measures !== undefined) measured.set(userId, measures);
    }
    return measured;
  }
}

/** Rows written at a time. */
const mostRows = 2_000;
