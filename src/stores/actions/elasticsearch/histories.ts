import { bucketCount } from "#churn/action.ts";
import type { UserDay, UserHistory } from "#churn/user-history.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { Cursor } from "../../connections/elasticsearch/cursor.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { inBuckets } from "../../connections/elasticsearch/in-buckets.ts";
import { monthsOf, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { search } from "../../connections/elasticsearch/search.ts";
import { type Month, monthOf } from "../../month.ts";
import { UnreadableRows } from "../../unreadable-rows.ts";
import type { DayRange, HistoryRange } from "../action-store.ts";
import { sumOfValues } from "../sum-of-values.ts";
import { compareUsers, type DayRow, documentSchema, type StoredMonth, storedUserMonths } from "./user-months.ts";

/**
 * Streams histories in the order of ActionStore.histories. All months are read side by side, each once from front to
 * back, and merged by user: at most two pages of each month are in memory. A user with a month that cannot be read is left out and
 * told of. Throws StoreDamaged at the end if these are more than a small share.
 */
export async function* histories(elasticsearch: Elasticsearch, range: HistoryRange): AsyncGenerator<UserHistory> {
  const { fromBucket = 0, beforeBucket = bucketCount } = range;
  if (fromBucket >= beforeBucket) return;
  const months = await monthsIn(elasticsearch, range);
  const pageSize = Math.max(leastPage, Math.min(mostPage, Math.floor(documentsInMemory / Math.max(1, months.length))));
  const query = inBuckets(range);
  const unreadable = new UnreadableRows();
  // In the order of the months: a user's days must be merged in ascending order.
  const cursors = months.map(
    (month) => new Cursor(storedUserMonths(elasticsearch, month, { query, pageSize, mayLeaveOut: "few" })),
  );
  try {
    await Promise.all(cursors.map((cursor) => cursor.open()));
    for (let user = leastUser(cursors); user !== undefined; user = leastUser(cursors)) {
      const days: UserDay[] = [];
      let isSound = true;
      for (const cursor of cursors) {
        if (cursor.item === undefined || cursor.item.userId !== user.userId) continue;
        if (cursor.item.days === undefined) isSound = false;
        else addDays(days, cursor.item.days, range);
        const waiting = cursor.advance();
        if (waiting !== undefined) await waiting;
      }
      // Users, not documents: where one document in a hundred is damaged, a tenth of the users may be left out.
      unreadable.hasRead(1);
      if (!isSound) leaveOut(elasticsearch, user.userId, unreadable);
      else if (days.length > 0) yield { userId: user.userId, days };
    }
    unreadable.requireMost(purpose, range);
  } finally {
    unreadable.tell(purpose, elasticsearch.options.onUnreadable);
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
}

/** The histories of these users; a user without one is left out, and so is, and told of, one with a month that cannot be read. */
export async function historiesOf(
  elasticsearch: Elasticsearch,
  userIds: readonly string[],
  range: DayRange,
): Promise<Map<string, UserHistory>> {
  const found = new Map<string, UserDay[]>();
  const damaged = new Set<string>();
  const unreadable = new UnreadableRows();
  for (let from = 0; from < userIds.length; from += usersAtATime) {
    const pages = search(elasticsearch, purpose, {
      // A pattern: the names of all months might make the URL too long.
      index: patternOf(elasticsearch, "user-days"),
      query: { terms: { "user.id": userIds.slice(from, from + usersAtATime) } },
      sort: ["user.id"],
      schema: documentSchema,
      mayLeaveOut: "any",
      pageSize: mostPage,
    });
    for await (const page of pages) {
      for (const { user, lapse } of page) {
        const days = found.get(user.id) ?? [];
        found.set(user.id, days);
        if (lapse.days === undefined) damaged.add(user.id);
        else addDays(days, lapse.days, range);
      }
    }
  }
  for (const userId of damaged) leaveOut(elasticsearch, userId, unreadable);
  unreadable.tell(purpose, elasticsearch.options.onUnreadable);
  return new Map(
    [...found].flatMap(([userId, days]) =>
      days.length === 0 || damaged.has(userId) ? [] : [[userId, { userId, days: days.sort((a, b) => a.day - b.day) }]],
    ),
  );
}

const purpose = "read histories";

function leaveOut(elasticsearch: Elasticsearch, userId: string, unreadable: UnreadableRows): void {
  const name = () => ({ place: patternOf(elasticsearch, "user-days"), key: userDocumentId(userId), userId });
  unreadable.leaveOut(name, "lapse.days is not a list of days, actions, counts and sums; the users are left out");
}

/** Documents per page. */
const leastPage = 100;
const mostPage = 2_000;
const documentsInMemory = 20_000;
const usersAtATime = 1_000;

/** The stored months that may hold days of the range. */
async function monthsIn(elasticsearch: Elasticsearch, { from, before }: DayRange): Promise<Month[]> {
  const [first, last] = [
    from === undefined ? "" : monthOf(from),
    before === undefined ? undefined : monthOf(before - 1),
  ];
  const months = await monthsOf(elasticsearch, "user-days");
  return months.filter((month) => month >= first && (last === undefined || month <= last));
}

function addDays(days: UserDay[], rows: readonly DayRow[], { from = -Infinity, before = Infinity }: DayRange): void {
  for (const [day, action, count, value] of rows) {
    if (day >= from && day < before) days.push({ day, action, count, value: sumOfValues(value) });
  }
}

/** The user that comes next in the cursors. */
function leastUser(cursors: readonly Cursor<StoredMonth>[]): StoredMonth | undefined {
  let least: StoredMonth | undefined;
  for (const { item } of cursors) {
    if (item !== undefined && (least === undefined || compareUsers(item, least) < 0)) least = item;
  }
  return least;
}
