import { type Action, actionId, bucketOf } from "#churn/action.ts";
import { type Day, dayOf } from "#churn/day.ts";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { type Month, monthOf } from "../../month.ts";

/** An action to be stored in the index of its month. */
export interface Entry {
  readonly action: Action;
  readonly id: string;
  readonly day: Day;
  readonly month: Month;
}

/** What tells the document of an action from all others. */
export function keyOf({ month, id }: Pick<Entry, "month" | "id">): string {
  return `${month} ${id}`;
}

/**
 * The distinct actions of one call. They are told apart as they are taken: computing thousands of ids takes a good part
 * of a second, during which the server would be idle.
 */
export class Entries {
  readonly #actions: readonly Action[];
  readonly #months = new Map<Month, Known>();
  readonly #days = new Map<Day, Known>();
  /** The position of each entry's action in the call. */
  readonly #positions: number[] = [];
  /** The entry of each action taken so far. */
  readonly #entryOf: number[] = [];

  constructor(actions: readonly Action[]) {
    this.#actions = actions;
  }

  /** How many entries were taken so far. */
  get count(): number {
    return this.#positions.length;
  }

  get allTaken(): boolean {
    return this.#entryOf.length === this.#actions.length;
  }

  /** The next entries; fewer than `count` only at the end. */
  take(count: number): Entry[] {
    const entries: Entry[] = [];
    for (let i = this.#entryOf.length; i < this.#actions.length && entries.length < count; i++) {
      const action = this.#actions[i];
      if (action === undefined) break;
      const day = dayOf(action.time);
      const { month, ids } = this.#days.get(day) ?? this.#learn(day);
      const id = actionId(action);
      const known = ids.get(id);
      this.#entryOf.push(known ?? this.count);
      if (known !== undefined) continue;
      ids.set(id, this.count);
      this.#positions.push(i);
      entries.push({ action, id, day, month });
    }
    return entries;
  }

  /** For each action, its entry and whether an earlier action has the same one. */
  ofActions(): { entry: number; repeated: boolean }[] {
    return this.#entryOf.map((entry, i) => ({ entry, repeated: this.#positions[entry] !== i }));
  }

  /** An action as an entry of its own, also where an earlier one has the same id. */
  static of(action: Action): Entry {
    const day = dayOf(action.time);
    return { action, id: actionId(action), day, month: monthOf(day) };
  }

  #learn(day: Day): Known {
    const month = monthOf(day);
    const known = this.#months.get(month) ?? { month, ids: new Map() };
    this.#months.set(month, known);
    this.#days.set(day, known);
    return known;
  }
}

/** Creates the document of an action if absent, with the field names of the Elastic Common Schema. */
export function operationOf(elasticsearch: Elasticsearch, entry: Entry, ingested: string): BulkOperation {
  const { action, id, day, month } = entry;
  return {
    action: `{"create":{"_index":"${indexOf(elasticsearch, "actions", month)}","_id":"${id}"}}`,
    document: JSON.stringify({
      // Dates have whole milliseconds. Rounding down keeps the time within its day.
      "@timestamp": new Date(Math.floor(action.time)).toISOString(),
      event: { id: action.eventId, provider: action.source, action: action.action, dataset: "lapse.actions", ingested },
      user: { id: action.userId },
      lapse: {
        bucket: bucketOf(action.userId),
        day,
        value: action.value,
        ...(action.passive === true && { passive: true }),
      },
    }),
  };
}

/** The identities seen in a month. */
interface Known {
  readonly month: Month;
  /** The entry of each. */
  readonly ids: Map<string, number>;
}
