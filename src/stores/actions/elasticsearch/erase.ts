import * as z from "zod";
import type { Day } from "#churn/day.ts";
import { type BulkOperation, type BulkOutcome, bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { countDocuments, type Query, refresh, searchAddresses } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { Erased } from "../action-store.ts";
import { monthOf } from "../month.ts";
import { indexOf, type MonthlyIndex, monthsOf, patternOf } from "./indices.ts";
import { beginRun, endRun, partCount, partsOf } from "./runs.ts";
import { deleteUserMonth } from "./user-months.ts";

/**
 * Deletes the actions and user-days of these users, and returns once neither is found any more. `now` tells the time in
 * milliseconds. Throws StoreUnavailable, also when new actions keep coming; then it must be called again.
 */
export async function eraseUsers(
  elasticsearch: Elasticsearch,
  userIds: readonly string[],
  now: () => number,
): Promise<Erased> {
  const erased = { actions: 0, userDays: 0 };
  for (let from = 0; from < userIds.length; from += usersAtATime) {
    const users = userIds.slice(from, from + usersAtATime);
    for (let round = 0; ; round++) {
      if (round === rounds) throw new StoreUnavailable(`Could not ${purpose}: actions of theirs keep coming.`);
      const { actions, userDays } = await eraseOnce(elasticsearch, users, now);
      erased.actions += actions;
      erased.userDays += userDays;
      if (await nothingIsLeft(elasticsearch, users)) break;
    }
  }
  return erased;
}

/** Deletes the whole months before that of `day`, and tells how much that was. Throws StoreUnavailable. */
export async function dropMonthsBefore(elasticsearch: Elasticsearch, day: Day, now: () => number): Promise<Erased> {
  const parts = Array.from({ length: partCount }, (_, part) => part);
  const run = await beginRun(elasticsearch, parts, now());
  const actions = await dropIndices(elasticsearch, "actions", day);
  const userDays = await dropIndices(elasticsearch, "user-days", day);
  await endRun(elasticsearch, run, { rolledUp: false, changed: userDays > 0 });
  return { actions, userDays };
}

const purpose = "erase users";
const rounds = 5;
const usersAtATime = 500;
const pageSize = 5_000;

function of(users: readonly string[]): Query {
  return { terms: { "user.id": [...users] } };
}

/**
 * First the actions and then the user-days, by a run that begins when no search finds the actions any more: a roll-up of
 * a smaller number can't store what it had counted before, and one of a greater number finds nothing to count.
 */
async function eraseOnce(elasticsearch: Elasticsearch, users: readonly string[], now: () => number): Promise<Erased> {
  const actions = await eraseActions(elasticsearch, users);
  const run = await beginRun(elasticsearch, partsOf(users), now());
  await refresh(elasticsearch, purpose, patternOf(elasticsearch, "user-days"));
  const userDays = await countUserDays(elasticsearch, patternOf(elasticsearch, "user-days"), of(users));
  const months = new Set([
    ...(await monthsOf(elasticsearch, "actions")),
    ...(await monthsOf(elasticsearch, "user-days")),
  ]);
  for (const month of months) {
    const operations = users.map((userId) => deleteUserMonth(elasticsearch, month, run.number, userId));
    await deleteAll(elasticsearch, operations);
  }
  await refresh(elasticsearch, purpose, patternOf(elasticsearch, "user-days"));
  await endRun(elasticsearch, run, { rolledUp: false, changed: userDays > 0 });
  return { actions, userDays };
}

/** Returns how many there were. */
async function eraseActions(elasticsearch: Elasticsearch, users: readonly string[]): Promise<number> {
  const index = patternOf(elasticsearch, "actions");
  await refresh(elasticsearch, purpose, index);
  let erased = 0;
  const pages = searchAddresses(elasticsearch, purpose, { index, query: of(users), sort: ["_doc"], pageSize });
  for await (const addresses of pages) {
    const operations = addresses.map(({ index: _index, id: _id }) => ({
      action: JSON.stringify({ delete: { _index, _id } }),
    }));
    erased += (await deleteAll(elasticsearch, operations)).filter(({ status }) => status < 300).length;
  }
  await refresh(elasticsearch, purpose, index);
  return erased;
}

/** Deletes what the operations tell of. Throws StoreUnavailable unless each is gone, or is of a later run. */
async function deleteAll(elasticsearch: Elasticsearch, operations: readonly BulkOperation[]): Promise<BulkOutcome[]> {
  const outcomes = await bulk(elasticsearch, purpose, operations);
  const failed = outcomes.find(({ status }) => status >= 300 && status !== 404 && status !== 409);
  if (failed === undefined) return outcomes;
  throw new StoreUnavailable(`Could not ${purpose}: Elasticsearch answered ${failed.status}: ${failed.reason}`);
}

async function nothingIsLeft(elasticsearch: Elasticsearch, users: readonly string[]): Promise<boolean> {
  for (const kind of ["actions", "user-days"] as const) {
    const index = patternOf(elasticsearch, kind);
    await refresh(elasticsearch, purpose, index);
    if ((await countDocuments(elasticsearch, purpose, index, of(users))) > 0) return false;
  }
  return true;
}

/** Returns how many actions or user-days the indices held. Their names are spelt out: a pattern may not be allowed. */
async function dropIndices(elasticsearch: Elasticsearch, kind: MonthlyIndex, day: Day): Promise<number> {
  const everything = { match_all: {} };
  let dropped = 0;
  for (const month of await monthsOf(elasticsearch, kind)) {
    if (month >= monthOf(day)) continue;
    const index = indexOf(elasticsearch, kind, month);
    await refresh(elasticsearch, "drop months", index);
    const held =
      kind === "actions"
        ? await countDocuments(elasticsearch, "drop months", index, everything)
        : await countUserDays(elasticsearch, index, everything);
    const found = await elasticsearch.find("drop months", (client) => client.indices.delete({ index }));
    if (found !== undefined) dropped += held;
  }
  return dropped;
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
