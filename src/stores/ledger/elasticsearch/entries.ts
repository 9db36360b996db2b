import { bucketOf } from "#churn/action.ts";
import { compareBytes } from "../../connections/elasticsearch/byte-order.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { Cursor } from "../../connections/elasticsearch/cursor.ts";
import { inBuckets } from "../../connections/elasticsearch/in-buckets.ts";
import { indexOf, monthsOf, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { type Month, monthOf } from "../../month.ts";
import type { EntryRange, JudgedEntry, LedgerOutcome, LedgerRange, RecordedEntry, SnapshotRange } from "../ledger.ts";
import { entrySchema, outcomeSchema } from "./documents.ts";
import { ledgerIndices } from "./indices.ts";

/** Streams entries in the order of Ledger.entries, month by month. */
export async function* streamEntries(elasticsearch: Elasticsearch, range: EntryRange): AsyncGenerator<JudgedEntry> {
  const query = (which: LedgerRange) => ({ bool: { filter: [rangeQuery(which), inBuckets(range)] } });
  const outcomeQuery = query({ ...range, role: undefined });
  for (const month of await monthsIn(elasticsearch, range))
    yield* judged(elasticsearch, indexNames(elasticsearch, month), outcomeQuery, query(range), "few");
}

/** All entries of one user. */
export async function readEntriesOf(elasticsearch: Elasticsearch, userId: string): Promise<JudgedEntry[]> {
  const query = { term: { "user.id": userId } };
  const patterns = {
    entries: patternOf(elasticsearch, ledgerIndices.entries),
    outcomes: patternOf(elasticsearch, ledgerIndices.outcomes),
  };
  const found: JudgedEntry[] = [];
  for await (const entry of judged(elasticsearch, patterns, query, query, "any")) found.push(entry);
  return found;
}

/** As Ledger.lastShown: looks through the months, the last first, until it has enough of each user. */
export async function readLastShown(
  elasticsearch: Elasticsearch,
  userIds: readonly string[],
  count: number,
): Promise<Map<string, RecordedEntry[]>> {
  const found = new Map<string, RecordedEntry[]>();
  let open = [...new Set(userIds)];
  for (const month of (await monthsIn(elasticsearch, {})).reverse()) {
    if (open.length === 0 || count <= 0) break;
    for (const [userId, entries] of await shownIn(elasticsearch, month, open)) {
      found.set(userId, [...entries, ...(found.get(userId) ?? [])].slice(-count));
    }
    open = open.filter((userId) => (found.get(userId)?.length ?? 0) < count);
  }
  return found;
}

/** Every document in the range, version and role included. */
export function rangeQuery(range: LedgerRange): Query {
  const { modelVersion, role } = range;
  const ofVersion = modelVersion === undefined ? [] : [{ term: { "lapse.model_version": modelVersion } }];
  const ofRole = role === undefined ? [] : [{ term: { "lapse.role": role } }];
  return { bool: { filter: [inRange(range), ...ofVersion, ...ofRole] } };
}

/** Every document whose snapshot is in the range. */
export function inRange({ from, before }: SnapshotRange): Query {
  const limits = { ...(from !== undefined && { gte: from }), ...(before !== undefined && { lt: before }) };
  return from === undefined && before === undefined ? { match_all: {} } : { range: { "lapse.day": limits } };
}

interface IndexNames {
  readonly entries: string;
  readonly outcomes: string;
}

function indexNames(elasticsearch: Elasticsearch, month: Month): IndexNames {
  return {
    entries: indexOf(elasticsearch, ledgerIndices.entries, month),
    outcomes: indexOf(elasticsearch, ledgerIndices.outcomes, month),
  };
}

/** Users per query. */
const usersAtATime = 1_000;
const pageSize = 2_000;
const purpose = "read the ledger";
const placeOrder = ["lapse.day", "lapse.bucket", "user.id", "lapse.model_version"];

/** The months with entries that may be in the range, in ascending order. */
async function monthsIn(elasticsearch: Elasticsearch, { from, before }: SnapshotRange): Promise<Month[]> {
  const months = await monthsOf(elasticsearch, ledgerIndices.entries);
  return months.filter(
    (month) => (from === undefined || month >= monthOf(from)) && (before === undefined || month <= monthOf(before - 1)),
  );
}

/** Reads entries and outcomes side by side, in the same order, and joins them. */
async function* judged(
  elasticsearch: Elasticsearch,
  names: IndexNames,
  outcomeQuery: Query,
  entryQuery: Query,
  mayLeaveOut: "few" | "any",
): AsyncGenerator<JudgedEntry> {
  await refresh(elasticsearch, purpose, names.entries);
  await refresh(elasticsearch, purpose, names.outcomes);
  const outcomes = new Cursor(
    search(elasticsearch, purpose, {
      index: names.outcomes,
      query: outcomeQuery,
      sort: placeOrder,
      schema: outcomeSchema,
      mayLeaveOut,
      pageSize,
    }),
  );
  try {
    await outcomes.open();
    const pages = search(elasticsearch, purpose, {
      index: names.entries,
      query: entryQuery,
      sort: [...placeOrder, "lapse.role"],
      schema: entrySchema,
      mayLeaveOut,
      pageSize,
    });
    for await (const page of pages) {
      for (const entry of page) {
        while (outcomes.item !== undefined && comparePlaces(outcomes.item, entry) < 0) await outcomes.advance();
        const { item } = outcomes;
        const churned = item !== undefined && comparePlaces(item, entry) === 0 ? item.churned : undefined;
        yield { ...entry, churned };
      }
    }
  } finally {
    await outcomes.close();
  }
}

type Place = Omit<LedgerOutcome, "churned">;

function comparePlaces(a: Place, b: Place): number {
  return (
    a.snapshot - b.snapshot ||
    bucketOf(a.userId) - bucketOf(b.userId) ||
    compareBytes(a.userId, b.userId) ||
    compareBytes(a.modelVersion, b.modelVersion)
  );
}

/** The champion's entries of these users in one month, of each snapshot the one added last, in ascending order. */
async function shownIn(
  elasticsearch: Elasticsearch,
  month: Month,
  userIds: readonly string[],
): Promise<Map<string, RecordedEntry[]>> {
  const index = indexOf(elasticsearch, ledgerIndices.entries, month);
  await refresh(elasticsearch, purpose, index);
  const shown = new Map<string, RecordedEntry[]>();
  for (let from = 0; from < userIds.length; from += usersAtATime) {
    const users = userIds.slice(from, from + usersAtATime);
    const pages = search(elasticsearch, purpose, {
      index,
      query: { bool: { filter: [{ terms: { "user.id": users } }, { term: { "lapse.role": "champion" } }] } },
      sort: ["user.id", "lapse.day", "event.ingested", "lapse.model_version"],
      schema: entrySchema,
      mayLeaveOut: "any",
      pageSize,
    });
    for await (const page of pages) {
      for (const entry of page) {
        const entries = shown.get(entry.userId) ?? [];
        if (entries.at(-1)?.snapshot === entry.snapshot) entries.pop();
        entries.push(entry);
        shown.set(entry.userId, entries);
      }
    }
  }
  return shown;
}
