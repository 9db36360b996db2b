import * as z from "zod";
import type { BucketRange } from "#churn/buckets.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { inBuckets } from "../../connections/elasticsearch/in-buckets.ts";
import { monthIn, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { countDocuments, type Query, refresh } from "../../connections/elasticsearch/search.ts";
import { serverTime } from "../../connections/elasticsearch/server-time.ts";
import type { Month } from "../../month.ts";
import type { RollUp } from "../action-store.ts";
import { usersIn } from "./count.ts";
import { recount } from "./recount.ts";
import { beginRun, bucketsOf, endRun, partsIn, readParts, type WholeParts, watermarkOf } from "./runs.ts";

/**
 * Recounts each month of every user with an action in it that was ingested since the last roll-up of the user's part.
 * `now` is in milliseconds since the epoch. Throws StoreUnavailable; the next run then does everything again.
 */
export async function rollUp(elasticsearch: Elasticsearch, range: BucketRange, now: () => number): Promise<RollUp> {
  const parts = partsIn(range);
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return { userDays: 0, users: 0 };
  const began = now();
  // None where no action is stored yet: then nothing is counted, and no time is known up to which everything is.
  const clock = await clockOf(elasticsearch, "roll up actions");
  const run = await beginRun(elasticsearch, parts, { began, latestWatermark: (clock ?? began) + clockDifference });
  await refresh(elasticsearch, "roll up actions", patternOf(elasticsearch, "actions"));
  await refresh(elasticsearch, "roll up actions", patternOf(elasticsearch, "user-days"));

  const since = newSince(elasticsearch, run.watermark);
  const buckets = bucketsOf(first, last);
  const months = await touchedMonths(elasticsearch, buckets, since);
  const total = { userDays: 0, users: 0, removed: 0 };
  for (const slice of slicesOf(buckets, months)) {
    const users = new Set<string>();
    for (const month of months) {
      for await (const selection of selections(elasticsearch, month, slice, since)) {
        for await (const page of recount(elasticsearch, run, month.name, selection)) {
          for (const { userId, written, removed } of page) {
            total.userDays += written;
            total.removed += removed;
            if (written > 0) users.add(userId);
          }
        }
      }
    }
    total.users += users.size;
  }
  const { userDays, users, removed } = total;
  await refresh(elasticsearch, "roll up actions", patternOf(elasticsearch, "user-days"));
  const watermark = clock === undefined ? undefined : Math.min(began, clock);
  await endRun(elasticsearch, run, { rolledUp: true, changed: userDays + removed > 0, watermark });
  return { userDays, users };
}

/** About how many actions were ingested since the last roll-up of any part; as far as searches can see them. */
export async function notRolledUp(elasticsearch: Elasticsearch): Promise<number> {
  const clock = await clockOf(elasticsearch, "count actions");
  if (clock === undefined) return 0;
  const since = newSince(elasticsearch, watermarkOf(await readParts(elasticsearch), clock + clockDifference));
  return countDocuments(elasticsearch, "count actions", patternOf(elasticsearch, "actions"), ingested({}, since));
}

/** What time it is on the server, in milliseconds; undefined where no action is stored yet. */
function clockOf(elasticsearch: Elasticsearch, purpose: string): Promise<number | undefined> {
  return serverTime(elasticsearch, purpose, { index: patternOf(elasticsearch, "actions"), field: "event.ingested" });
}

/** From when on actions may not have been counted, in milliseconds; undefined for from the beginning. */
function newSince({ options }: Elasticsearch, watermark: number | undefined): number | undefined {
  if (watermark === undefined) return undefined;
  return watermark - clockDifference - options.retryMilliseconds - options.timeoutMilliseconds;
}

/**
 * How far the clocks of writers may be behind that of Elasticsearch, in milliseconds. On top of that come the times of a request
 * and its retries, for which a write may have been under way at the watermark.
 */
const clockDifference = 10 * 60_000;

interface TouchedMonth {
  readonly name: Month;
  /** The number of new actions. */
  readonly touched: number;
  /** Whether so many are new that recounting all users is faster than finding out which. */
  readonly whole: boolean;
}

async function touchedMonths(
  elasticsearch: Elasticsearch,
  buckets: WholeParts,
  since: number | undefined,
): Promise<TouchedMonth[]> {
  const touched = await actionsByMonth(elasticsearch, ingested(buckets, since));
  if (touched.size === 0) return [];
  const all = since === undefined ? touched : await actionsByMonth(elasticsearch, inBuckets(buckets));
  return [...touched]
    .map(([name, some]) => ({ name, touched: some, whole: some > wholeFrom * (all.get(name) ?? 0) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The number of matching actions in each month. */
async function actionsByMonth(elasticsearch: Elasticsearch, query: Query): Promise<Map<Month, number>> {
  const answer = await elasticsearch.runPatiently("count actions", (client) =>
    client.search({
      index: patternOf(elasticsearch, "actions"),
      ignore_unavailable: true,
      allow_partial_search_results: false,
      size: 0,
      query,
      aggs: { months: { terms: { field: "_index", size: mostMonths } } },
    }),
  );
  const months = byIndexSchema.parse(answer).aggregations?.months.buckets ?? [];
  return new Map(
    months.flatMap(({ key, doc_count }) => {
      const month = monthIn(elasticsearch, "actions", key);
      return month === undefined ? [] : [[month, doc_count]];
    }),
  );
}

/** The share of new actions in a month above which all its users are recounted. */
const wholeFrom = 0.25;
const mostMonths = 10_000;

/** Divides the buckets into slices whose users are few enough to be kept in memory. */
function slicesOf({ fromBucket, beforeBucket }: WholeParts, months: readonly TouchedMonth[]) {
  const touched = months.reduce((sum, month) => sum + month.touched, 0);
  const step = Math.max(1, Math.floor((beforeBucket - fromBucket) / Math.max(1, touched / sliceActions)));
  const slices: WholeParts[] = [];
  for (let bucket = fromBucket; bucket < beforeBucket; bucket += step) {
    slices.push({ fromBucket: bucket, beforeBucket: Math.min(beforeBucket, bucket + step) });
  }
  return slices;
}

const sliceActions = 1_000_000;

/** Queries for the users whose month must be recounted. */
async function* selections(
  elasticsearch: Elasticsearch,
  { name, whole }: TouchedMonth,
  buckets: WholeParts,
  since: number | undefined,
): AsyncGenerator<Query> {
  if (whole) {
    yield inBuckets(buckets);
    return;
  }
  for await (const users of usersIn(elasticsearch, name, ingested(buckets, since))) {
    if (users.length > 0) yield { terms: { "user.id": [...users] } };
  }
}

function ingested(buckets: BucketRange, since: number | undefined): Query {
  if (since === undefined) return inBuckets(buckets);
  const recent = { range: { "event.ingested": { gte: since, format: "epoch_millis" } } };
  return { bool: { filter: [recent, inBuckets(buckets)] } };
}

const byIndexSchema = z.object({
  aggregations: z
    .object({ months: z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.int() })) }) })
    .optional(),
});
