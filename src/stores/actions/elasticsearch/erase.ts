import * as z from "zod";
import type { Day } from "#churn/day.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { recordErasure } from "../../connections/elasticsearch/erasures.ts";
import { dropMonths, monthsOf, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { countDocuments, type Query, refresh } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { Erased } from "../action-store.ts";
import { beginRun, endRun, partCount, partsOf } from "./runs.ts";
import { deleteUserMonth } from "./user-months.ts";

/**
 * Deletes the actions and user-days of these users. Returns once searches find neither. `now` is in milliseconds since
 * the epoch. Throws StoreUnavailable, also if new actions keep arriving; it must then be called again.
 */
export async function eraseUsers(
  elasticsearch: Elasticsearch,
  userIds: readonly string[],
  now: () => number,
): Promise<Erased> {
  await recordErasure(elasticsearch, userIds, now());
  const erased = { actions: 0, userDays: 0 };
  for (let from = 0; from < userIds.length; from += usersAtATime) {
    const users = userIds.slice(from, from + usersAtATime);
    for (let round = 0; ; round++) {
      if (round === rounds) throw new StoreUnavailable(`Could not ${purpose}: new actions of theirs keep arriving.`);
      const { actions, userDays } = await eraseOnce(elasticsearch, users, now);
      erased.actions += actions;
      erased.userDays += userDays;
      if (await nothingIsLeft(elasticsearch, users)) break;
    }
  }
  return erased;
}

/** Deletes all months before that of `day`. Throws StoreUnavailable. */
export async function dropMonthsBefore(elasticsearch: Elasticsearch, day: Day, now: () => number): Promise<Erased> {
  const parts = Array.from({ length: partCount }, (_, part) => part);
  const run = await beginRun(elasticsearch, parts, { began: now() });
  const actions = await dropMonths(elasticsearch, "actions", day, (index) =>
    countDocuments(elasticsearch, "drop months", index, { match_all: {} }),
  );
  const userDays = await dropMonths(elasticsearch, "user-days", day, (index) =>
    countUserDays(elasticsearch, index, { match_all: {} }),
  );
  await endRun(elasticsearch, run, { rolledUp: false, changed: userDays > 0 });
  return { actions, userDays };
}

const purpose = "erase users";
const rounds = 5;
const usersAtATime = 500;
/** The status of deleting a document that does not exist, or that a later run has written. */
const isGone = 404;
const isOfLaterRun = 409;

function of(users: readonly string[]): Query {
  return { terms: { "user.id": [...users] } };
}

/**
 * Deletes first the actions and then the user-days, by a run that begins when searches no longer find the actions: a
 * roll-up with a smaller number cannot store what it had counted before, and one with a greater number finds nothing to
 * count.
 */
async function eraseOnce(elasticsearch: Elasticsearch, users: readonly string[], now: () => number): Promise<Erased> {
  const actions = await deleteMatching(elasticsearch, purpose, patternOf(elasticsearch, "actions"), of(users));
  const run = await beginRun(elasticsearch, partsOf(users), { began: now() });
  await refresh(elasticsearch, purpose, patternOf(elasticsearch, "user-days"));
  const userDays = await countUserDays(elasticsearch, patternOf(elasticsearch, "user-days"), of(users));
  const months = new Set([
    ...(await monthsOf(elasticsearch, "actions")),
    ...(await monthsOf(elasticsearch, "user-days")),
  ]);
  for (const month of months) {
    const operations = users.map((userId) => deleteUserMonth(elasticsearch, month, run.number, userId));
    requireWritten(purpose, await bulk(elasticsearch, purpose, operations), [isGone, isOfLaterRun]);
  }
  await refresh(elasticsearch, purpose, patternOf(elasticsearch, "user-days"));
  await endRun(elasticsearch, run, { rolledUp: false, changed: userDays > 0 });
  return { actions, userDays };
}

async function nothingIsLeft(elasticsearch: Elasticsearch, users: readonly string[]): Promise<boolean> {
  for (const kind of ["actions", "user-days"] as const) {
    const index = patternOf(elasticsearch, kind);
    await refresh(elasticsearch, purpose, index);
    if ((await countDocuments(elasticsearch, purpose, index, of(users))) > 0) return false;
  }
  return true;
}

async function countUserDays(elasticsearch: Elasticsearch, index: string, query: Query): Promise<number> {
  return elasticsearch.runPatiently("count user-days", async (client) => {
    const answer = await client.search({
      index,
      query,
      size: 0,
      track_total_hits: false,
      ignore_unavailable: true,
      allow_partial_search_results: false,
      aggs: { days: { sum: { field: "lapse.user_days" } } },
    });
    return sumSchema.parse(answer).aggregations?.days.value ?? 0;
  });
}

const sumSchema = z.object({ aggregations: z.object({ days: z.object({ value: z.number() }) }).optional() });
