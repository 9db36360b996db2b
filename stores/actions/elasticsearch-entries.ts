import { type Action, actionId, bucketOf } from "../../churn/action.ts";
import { type Day, dayOf } from "../../churn/day.ts";
import type { BulkOperation } from "../elasticsearch/bulk.ts";
import type { Elasticsearch } from "../elasticsearch/connection.ts";
import { indexOf } from "./elasticsearch-indices.ts";
import { type Month, monthOf } from "./month.ts";

/** An action on its way into the index of its month. */
export interface Entry {
  readonly action: Action;
  readonly id: string;
  readonly day: Day;
  readonly month: Month;
  /** Its position in the call. */
  readonly position: number;
}

/** The actions of a call that are different, and for each action which of them it is. */
export function entriesOf(actions: readonly Action[]): { entries: Entry[]; entryOf: number[] } {
  const entries: Entry[] = [];
  const months = new Map<Month, Known>();
  const days = new Map<Day, Known>();
  const entryOf = actions.map((action, position) => {
    const day = dayOf(action.time);
    const { month, ids } = days.get(day) ?? learn(day, days, months);
    const id = actionId(action);
    let entry = ids.get(id);
    if (entry === undefined) {
      entry = entries.push({ action, id, day, month, position }) - 1;
      ids.set(id, entry);
    }
    return entry;
  });
  return { entries, entryOf };
}

/** Creates the document of an action unless there is one; fields are named as in the Elastic Common Schema. */
export function operationOf(elasticsearch: Elasticsearch, entry: Entry, ingested: string): BulkOperation {
  const { action, id, day, month } = entry;
  return {
    action: `{"create":{"_index":"${indexOf(elasticsearch, "actions", month)}","_id":"${id}"}}`,
    document: JSON.stringify({
      // Dates have whole milliseconds; rounded down, so that the time stays within its day.
      "@timestamp": new Date(Math.floor(action.time)).toISOString(),
      event: { id: action.eventId, provider: action.source, action: action.action, dataset: "lapse.actions", ingested },
      user: { id: action.userId },
      lapse: { bucket: bucketOf(action.userId), day, value: action.value },
    }),
  };
}

/** The identities that were seen in a month. */
interface Known {
  readonly month: Month;
  /** The entry of each. */
  readonly ids: Map<string, number>;
}

function learn(day: Day, days: Map<Day, Known>, months: Map<Month, Known>): Known {
  const month = monthOf(day);
  const known = months.get(month) ?? { month, ids: new Map() };
  months.set(month, known);
  days.set(day, known);
  return known;
}
