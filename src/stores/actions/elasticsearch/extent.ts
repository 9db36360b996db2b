import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import type { Day } from "#churn/day.ts";
import { ownHistory } from "#churn/passive.ts";
import { shortHash } from "#churn/short-hash.ts";
import { compareBytes } from "../../connections/elasticsearch/byte-order.ts";
import { type Elasticsearch, unlessMissing } from "../../connections/elasticsearch/connection.ts";
import type { ActionFrequency, LogExtent, UsersBefore } from "../action-store.ts";
import { extentOf } from "../extent-of.ts";
import { histories } from "./histories.ts";
import { stateIndex } from "./indices.ts";
import { bucketsOf, type PartState, partCount, partOf, partsIn, readParts } from "./runs.ts";

/** What the user-days cover in the parts that hold the buckets of a range; undefined while there are none. */
export async function extent(
  elasticsearch: Elasticsearch,
  passive: readonly string[],
  range: BucketRange,
): Promise<LogExtent | undefined> {
  const summaries = (await summarize(elasticsearch, passive, partsIn(range))).filter(({ users }) => users > 0);
  const users = summaries.reduce((sum, summary) => sum + summary.users, 0);
  const days = new Map<Day, number>();
  for (const summary of summaries)
    for (const [day, actions] of summary.days) days.set(day, (days.get(day) ?? 0) + actions);
  return extentOf(
    users,
    Array.from(days, ([day, actions]) => ({ day, actions })),
  );
}

/** Every action name in the user-days, those of most users first, ties by their bytes. */
export async function actionFrequencies(
  elasticsearch: Elasticsearch,
  passive: readonly string[],
): Promise<ActionFrequency[]> {
  const total = new Map<string, { action: string; users: number; count: number }>();
  for (const { frequencies } of await summarize(elasticsearch, passive, partsIn({}))) {
    for (const [action, users, count] of frequencies) {
      const sum = total.get(action) ?? { action, users: 0, count: 0 };
      total.set(action, { action, users: sum.users + users, count: sum.count + count });
    }
  }
  return [...total.values()].sort((a, b) => b.users - a.users || compareBytes(a.action, b.action));
}

/** Who had been seen before a day, and how many of them had done each of the frequent actions. */
export async function usersBefore(
  elasticsearch: Elasticsearch,
  day: Day,
  passive: readonly string[],
): Promise<UsersBefore> {
  const before = (firsts: Firsts) => firsts.reduce((sum, [first, users]) => sum + (first < day ? users : 0), 0);
  const actions = new Map<string, number>();
  let users = 0;
  for (const { firstSeen, firstDone } of await summarize(elasticsearch, passive, partsIn({}))) {
    users += before(firstSeen);
    for (const [action, firsts] of firstDone) actions.set(action, (actions.get(action) ?? 0) + before(firsts));
  }
  return {
    users,
    actions: Array.from(actions, ([action, of]) => ({ action, users: of }))
      .filter((action) => action.users > 0)
      .sort((a, b) => b.users - a.users || compareBytes(a.action, b.action)),
  };
}

/** How many users are there for the first time on each of some days. */
type Firsts = readonly (readonly [day: Day, users: number])[];

/** What one part covers. Each user is in one part, so the numbers of the parts add up. */
interface Summary {
  /** The run that last changed the part. */
  readonly changed: number;
  readonly users: number;
  readonly days: readonly (readonly [day: Day, actions: number])[];
  readonly frequencies: readonly (readonly [action: string, users: number, count: number])[];
  /** When users were first seen, and first did each of the most frequent actions. */
  readonly firstSeen: Firsts;
  readonly firstDone: readonly (readonly [action: string, firsts: Firsts])[];
}

/** Actions of a part whose first days are kept: features need few, and a log may have thousands of names. */
const mostFirstDone = 100;

/**
 * The summaries of these parts, which follow each other. An exact count of the users per action takes a look at every user, so each part is read
 * once after a change and its summary stored.
 */
async function summarize(
  elasticsearch: Elasticsearch,
  passive: readonly string[],
  wanted: readonly number[],
): Promise<readonly Summary[]> {
  const [parts, kept] = await Promise.all([readParts(elasticsearch), readSummaries(elasticsearch, passive)]);
  const summaries: Summary[] = [];
  for (const [part, { changed }] of parts.entries()) {
    const summary = kept.get(part);
    // A greater number is that of a run that ended between the two reads.
    if (summary !== undefined && summary.changed >= changed) summaries[part] = summary;
  }
  const end = (wanted.at(-1) ?? -1) + 1;
  for (let first = wanted[0] ?? 0; first < end; first++) {
    if (summaries[first] !== undefined) continue;
    let last = first;
    while (last + 1 < end && summaries[last + 1] === undefined) last++;
    for (const [i, summary] of (await readRange(elasticsearch, first, last, parts, passive)).entries()) {
      summaries[first + i] = summary;
    }
  }
  return wanted.flatMap((part) => summaries[part] ?? []);
}

/** Reads the parts from `first` to `last`, inclusive, and stores their summaries. */
async function readRange(
  elasticsearch: Elasticsearch,
  first: number,
  last: number,
  parts: readonly PartState[],
  passive: readonly string[],
) {
  const counters = Array.from({ length: last - first + 1 }, (_, i) => new Counter(parts[first + i]?.changed ?? 0));
  // A part that no run has changed is empty.
  if (counters.some(({ changed }) => changed > 0)) {
    for await (const history of histories(elasticsearch, bucketsOf(first, last))) {
      const { userId, days } = ownHistory(history, passive);
      if (days.length > 0) counters[partOf(bucketOf(userId)) - first]?.add(userId, days);
    }
  }
  const summaries = counters.map((counter) => counter.summary());
  await elasticsearch.runPatiently(purpose, (client) =>
    client.bulk({
      operations: summaries.flatMap((summary, i) => [
        { index: { _index: stateIndex(elasticsearch), _id: documentId(first + i, passive) } },
        summary,
      ]),
    }),
  );
  return summaries;
}

interface Frequency {
  users: number;
  count: number;
  lastUser: string | undefined;
  readonly firsts: Map<Day, number>;
}

class Counter {
  readonly changed: number;
  #users = 0;
  readonly #days = new Map<Day, number>();
  readonly #frequencies = new Map<string, Frequency>();
  readonly #firstSeen = new Map<Day, number>();

  constructor(changed: number) {
    this.changed = changed;
  }

  /** Days ascend. */
  add(userId: string, days: readonly { day: number; action: string; count: number }[]): void {
    this.#users++;
    const [first] = days;
    if (first !== undefined) this.#firstSeen.set(first.day, (this.#firstSeen.get(first.day) ?? 0) + 1);
    for (const { day, action, count } of days) {
      this.#days.set(day, (this.#days.get(day) ?? 0) + count);
      const frequency: Frequency = this.#frequencies.get(action) ?? {
        ...{ users: 0, count: 0, lastUser: undefined },
        firsts: new Map(),
      };
      if (frequency.count === 0) this.#frequencies.set(action, frequency);
      if (frequency.lastUser !== userId) {
        frequency.users++;
        frequency.firsts.set(day, (frequency.firsts.get(day) ?? 0) + 1);
      }
      frequency.lastUser = userId;
      frequency.count += count;
    }
  }

  summary(): Summary {
    return {
      changed: this.changed,
      users: this.#users,
      days: [...this.#days],
      frequencies: [...this.#frequencies].map(([action, { users, count }]) => [action, users, count]),
      firstSeen: [...this.#firstSeen],
      firstDone: [...this.#frequencies]
        .sort(([a, one], [b, other]) => other.users - one.users || compareBytes(a, b))
        .slice(0, mostFirstDone)
        .map(([action, { firsts }]) => [action, [...firsts]]),
    };
  }
}

const purpose = "read what the user-days cover";

/** Summaries without certain actions are kept beside those of all. */
function documentId(part: number, passive: readonly string[]): string {
  if (passive.length === 0) return `extent-${part}`;
  return `extent-${part}-${shortHash(passive, 16)}`;
}

/** The stored summaries, by part. */
async function readSummaries(elasticsearch: Elasticsearch, passive: readonly string[]): Promise<Map<number, Summary>> {
  const index = stateIndex(elasticsearch);
  const ids = Array.from({ length: partCount }, (_, part) => documentId(part, passive));
  const found = await elasticsearch.runPatiently(purpose, (client) => unlessMissing(client.mget({ index, ids })));
  if (found === undefined) return new Map();
  return new Map(
    keptSchema.parse(found).docs.flatMap(({ _source }, part) => {
      const summary = summarySchema.safeParse(_source);
      return summary.success ? [[part, summary.data]] : [];
    }),
  );
}

const summarySchema = z.object({
  changed: z.int(),
  users: z.int(),
  days: z.array(z.tuple([z.int(), z.int()])),
  frequencies: z.array(z.tuple([z.string(), z.int(), z.int()])),
  firstSeen: z.array(z.tuple([z.int(), z.int()])),
  firstDone: z.array(z.tuple([z.string(), z.array(z.tuple([z.int(), z.int()]))])),
});
/** A summary of an earlier version is read anew. */
const keptSchema = z.object({ docs: z.array(z.object({ _source: z.unknown().optional() })) });
