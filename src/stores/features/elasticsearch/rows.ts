import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { formatDay } from "#churn/day.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { type FoundDocument, getDocuments } from "../../connections/elasticsearch/get-documents.ts";
import { inBuckets } from "../../connections/elasticsearch/in-buckets.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { countDocuments, type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { sound } from "../check-rows.ts";
import type { FeatureRow, FeatureSet, NewFeatureRow, RowRange, UserCounts } from "../feature-store.ts";
import { dayText } from "./day-text.ts";
import type { RankedSet } from "./sets.ts";
import { featureIndices } from "./templates.ts";

/** Writes rows of `set`. Each replaces the user's row, unless that is of a later set. */
export async function putRows(
  elasticsearch: Elasticsearch,
  set: RankedSet,
  rows: readonly NewFeatureRow[],
): Promise<void> {
  const index = elasticsearch.index(featureIndices.features);
  const latest = new Map(rows.map((row) => [row.userId, row]));
  const operations = [...latest.values()].map(({ userId, lapsed, values }) => ({
    action: JSON.stringify({
      index: { _index: index, _id: userDocumentId(userId), version: set.rank, version_type: "external_gte" },
    }),
    document: JSON.stringify({
      user: { id: userId },
      lapse: {
        bucket: bucketOf(userId),
        set: set.id,
        snapshot: formatDay(set.snapshot),
        here: values.length > 0,
        lapsed: lapsed.map((day) => (day === null ? null : formatDay(day))),
        values: Array.from(values),
      },
    }),
  }));
  const outcomes = await bulk(elasticsearch, "store features", operations);
  requireWritten("store features", outcomes, [isNewer]);
}

/** A row with the id of the set that it belongs to. */
export interface RowOfSet extends FeatureRow {
  readonly setId: string;
}

/** The rows of these distinct users, in one round trip. */
export async function findRows(elasticsearch: Elasticsearch, userIds: readonly string[]): Promise<readonly RowOfSet[]> {
  const documents = await getRows(elasticsearch, "read features", userIds.map(userDocumentId), true);
  return documents.flatMap(({ _source }, position) => {
    // The document is found by a hash of the user id.
    if (_source === undefined || _source.user.id !== userIds[position]) return [];
    return [{ ...rowOf(_source), setId: _source.lapse.set }];
  });
}

/** The rows of a set that have values, by the UTF-8 bytes of the user id, or those that have none, by bucket and then by these. */
export async function* rowsOfSet(
  elasticsearch: Elasticsearch,
  set: FeatureSet,
  here: boolean,
  { onLeftOut, ...range }: RowRange,
): AsyncGenerator<FeatureRow> {
  const index = elasticsearch.index(featureIndices.features);
  await refresh(elasticsearch, "read features", index);
  const pages = search(elasticsearch, "read features", {
    index,
    query: { bool: { filter: [rowsWhere(set.id, here), inBuckets(range)] } },
    sort: [...(here ? [] : [{ "lapse.bucket": "asc" as const }]), { "user.id": "asc" }],
    schema: rowSchema.transform((source) => sound(rowOf(source), set)),
    mayLeaveOut: "few",
    pageSize: 2_000,
    onLeftOut,
  });
  for await (const page of pages) yield* page;
}

/** How many rows of a set have values, and how many have none. */
export async function countUsers(elasticsearch: Elasticsearch, setId: string): Promise<UserCounts> {
  const purpose = "count users";
  const index = elasticsearch.index(featureIndices.features);
  await refresh(elasticsearch, purpose, index);
  const [here, lapsed] = await Promise.all([
    countDocuments(elasticsearch, purpose, index, rowsWhere(setId, true)),
    countDocuments(elasticsearch, purpose, index, rowsWhere(setId, false)),
  ]);
  return { here, lapsed };
}

function rowsWhere(setId: string, here: boolean): Query {
  return { bool: { filter: [{ term: { "lapse.set": setId } }, { term: { "lapse.here": here } }] } };
}

/** Which of these documents are rows with values. */
export async function findHere(
  elasticsearch: Elasticsearch,
  purpose: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const documents = await getRows(elasticsearch, purpose, ids, ["user", "lapse.set", "lapse.here"]);
  return new Set(documents.flatMap(({ _id, _source }) => (_source?.lapse.here ? [_id] : [])));
}

/** The version of each existing row, by document id. */
export async function rowVersions(
  elasticsearch: Elasticsearch,
  purpose: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const documents = await getRows(elasticsearch, purpose, ids, false);
  return new Map(documents.flatMap(({ _id, _version }) => (_version === undefined ? [] : [[_id, _version]])));
}

/**
 * Deletes rows by document id, unless their version is greater than the given one. Returns the ids of those deleted.
 */
export async function deleteRows(
  elasticsearch: Elasticsearch,
  purpose: string,
  versions: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const index = elasticsearch.index(featureIndices.features);
  const operations = [...versions].map(([id, version]) => ({
    action: JSON.stringify({ delete: { _index: index, _id: id, version, version_type: "external_gte" } }),
  }));
  const outcomes = await bulk(elasticsearch, purpose, operations);
  requireWritten(purpose, outcomes, [isGone, isNewer]);
  return [...versions.keys()].filter((_, position) => outcomes[position]?.status === 200);
}

/** The status of an operation on a document that is absent, or newer. */
const isGone = 404;
const isNewer = 409;

function getRows(
  elasticsearch: Elasticsearch,
  purpose: string,
  ids: readonly string[],
  fields: boolean | string[],
): Promise<readonly FoundDocument<z.infer<typeof rowSchema>>[]> {
  const index = elasticsearch.index(featureIndices.features);
  return getDocuments(elasticsearch, purpose, { index, ids, schema: rowSchema, fields });
}

const rowSchema = z.object({
  user: z.object({ id: z.string() }),
  lapse: z.object({
    set: z.string(),
    here: z.boolean().default(true),
    lapsed: z.array(dayText.nullable()).default([]),
    values: z
      .custom<readonly (number | null)[]>(areNumbers, "must be an array of numbers")
      .transform(withoutNulls)
      .default([]),
  }),
});

/** By hand: a schema of each element takes a hundred times as long, and a prediction reads some hundred of them. */
function areNumbers(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => typeof value === "number" || value === null);
}

/** What was no number on its way into JSON comes back as null: the reader leaves such a user out. */
function withoutNulls(values: readonly (number | null)[]): readonly number[] {
  return values.map((value) => value ?? Number.NaN);
}

function rowOf({ user, lapse: { lapsed, values } }: z.infer<typeof rowSchema>): FeatureRow {
  return { userId: user.id, lapsed, values };
}
