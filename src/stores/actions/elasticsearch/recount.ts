import { type BulkOperation, bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { Cursor } from "../../connections/elasticsearch/cursor.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import type { Query } from "../../connections/elasticsearch/search.ts";
import type { Month } from "../../month.ts";
import { countUserMonths } from "./count.ts";
import type { Run } from "./runs.ts";
import {
  compareUsers,
  type DayRow,
  deleteUserMonth,
  putUserMonth,
  type StoredMonth,
  storedUserMonths,
  type UserMonth,
} from "./user-months.ts";

/** What a recount changed in one user's month. */
export interface Recounted {
  readonly userId: string;
  /** User-days that are new or have changed. */
  readonly written: number;
  /** User-days that no longer exist. */
  readonly removed: number;
}

/**
 * Recounts the user-days in one month of the users matched by `query` (by lapse.bucket or user.id only), and stores
 * those that differ. Yields the changes as soon as they are stored. What a run with a greater number has stored is
 * kept.
 */
export async function* recount(
  elasticsearch: Elasticsearch,
  run: Run,
  month: Month,
  query: Query,
): AsyncGenerator<readonly Recounted[]> {
  let writing: Promise<Recounted[]> = Promise.resolve([]);
  let changes: Change[] = [];
  const flush = () => {
    const batch = changes;
    changes = [];
    const next = store(elasticsearch, batch);
    // A failure is thrown where it is awaited.
    next.catch(() => undefined);
    return next;
  };
  for await (const [counted, stored] of pairs(elasticsearch, month, query)) {
    const change = changeOf(elasticsearch, run, month, counted, stored);
    if (change !== undefined) changes.push(change);
    if (changes.length < changesAtATime) continue;
    yield await writing;
    writing = flush();
  }
  yield await writing;
  yield await flush();
}

/** How many documents are written at a time, while the next ones are counted. */
const changesAtATime = 2_500;
const storedPageSize = 1_000;

interface Change extends Recounted {
  readonly operation: BulkOperation;
}

function changeOf(
  elasticsearch: Elasticsearch,
  run: Run,
  month: Month,
  counted: UserMonth | undefined,
  stored: StoredMonth | undefined,
): Change | undefined {
  const before = stored?.days ?? [];
  const userId = (counted ?? stored)?.userId;
  if (userId === undefined) return undefined;
  if (counted === undefined) {
    const operation = deleteUserMonth(elasticsearch, month, run.number, userId);
    return { operation, userId, written: 0, removed: before.length };
  }
  const written = before.length === 0 ? counted.days.length : rowsBeyond(counted.days, before);
  const removed = before.length === 0 ? 0 : rowsBeyond(before, counted.days, keyOf);
  // While another run is open, what it stores must not outlast what this one counted: docs/decisions/roll-up.md.
  if (written === 0 && removed === 0 && run.alone) return undefined;
  return { operation: putUserMonth(elasticsearch, month, run.number, counted), userId, written, removed };
}

/** How many of `rows` are not in `others`. */
function rowsBeyond(rows: readonly DayRow[], others: readonly DayRow[], identity = JSON.stringify): number {
  const known = new Set(others.map((row) => identity(row)));
  return rows.filter((row) => !known.has(identity(row))).length;
}

function keyOf([day, action]: DayRow): string {
  return `${day} ${action}`;
}

async function store(elasticsearch: Elasticsearch, changes: readonly Change[]): Promise<Recounted[]> {
  const outcomes = await bulk(
    elasticsearch,
    "store user-days",
    changes.map(({ operation }) => operation),
  );
  // A later run has written it (409), or another one deleted it (404).
  requireWritten("store user-days", outcomes, [404, 409]);
  return changes.filter((_, i) => (outcomes[i]?.status ?? 503) < 300);
}

/** Each user of the month as counted and as stored. */
async function* pairs(
  elasticsearch: Elasticsearch,
  month: Month,
  query: Query,
): AsyncGenerator<readonly [counted: UserMonth | undefined, stored: StoredMonth | undefined]> {
  const counted = new Cursor(countUserMonths(elasticsearch, month, query));
  // However many are damaged: they are written anew.
  const stored = new Cursor(
    storedUserMonths(elasticsearch, month, { query, pageSize: storedPageSize, mayLeaveOut: "any" }),
  );
  try {
    await Promise.all([counted.open(), stored.open()]);
    for (;;) {
      const [left, right] = [counted.item, stored.item];
      const order = left && right ? compareUsers(left, right) : left ? -1 : 1;
      if (!left && !right) return;
      yield [order <= 0 ? left : undefined, order >= 0 ? right : undefined];
      if (order <= 0) await counted.advance();
      if (order >= 0) await stored.advance();
    }
  } finally {
    await Promise.all([counted.close(), stored.close()]);
  }
}
