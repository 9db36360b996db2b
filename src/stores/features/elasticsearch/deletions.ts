import type { estypes } from "@elastic/elasticsearch";
import type { BucketRange } from "#churn/buckets.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { inBuckets } from "../../connections/elasticsearch/in-buckets.ts";
import { refresh, searchAddresses } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { ErasedFeatures } from "../feature-store.ts";
import { deleteRows, findHere, rowVersions } from "./rows.ts";
import { deleteScores } from "./scores.ts";
import type { RankedSet } from "./sets.ts";
import { featureIndices } from "./templates.ts";

/**
 * Deletes the rows of sets put before `set`, and the scores of users without a row that has values, in a range of buckets.
 * Returns how many users that were.
 */
export async function deleteFormer(elasticsearch: Elasticsearch, set: RankedSet, range: BucketRange): Promise<number> {
  const purpose = "delete features of former users";
  let users = 0;
  const outside = { bool: { filter: [inBuckets(range)], must_not: { term: { "lapse.set": set.id } } } };
  for await (const ids of documentsIn(elasticsearch, purpose, featureIndices.features, outside)) {
    // What another run writes at the same time is of a set with a greater rank, and stays.
    const deleted = await deleteRows(elasticsearch, purpose, new Map(ids.map((id) => [id, set.rank - 1])));
    await deleteScores(elasticsearch, purpose, deleted);
    users += deleted.length;
  }
  // Of users who have lapsed since, or whose rows were deleted while a run scored them.
  for await (const ids of documentsIn(elasticsearch, purpose, featureIndices.scores, inBuckets(range))) {
    const here = await findHere(elasticsearch, purpose, ids);
    const former = ids.filter((id) => !here.has(id));
    users += await deleteScores(elasticsearch, purpose, former);
  }
  return users;
}

/** Deletes the rows and scores of these users. Returns how many there were. */
export async function eraseUsers(elasticsearch: Elasticsearch, userIds: readonly string[]): Promise<ErasedFeatures> {
  const purpose = "erase features and scores";
  const ids = [...new Set(userIds)].map(userDocumentId);
  let [features, scores] = [0, 0];
  for (let from = 0; from < ids.length; from += pageSize) {
    const page = ids.slice(from, from + pageSize);
    features += await eraseRows(elasticsearch, purpose, page);
    scores += await deleteScores(elasticsearch, purpose, page);
  }
  return { features, scores };
}

/** Users per request. */
const pageSize = 5_000;

async function eraseRows(elasticsearch: Elasticsearch, purpose: string, ids: readonly string[]): Promise<number> {
  let erased = 0;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const rows = await rowVersions(elasticsearch, purpose, ids);
    if (rows.size === 0) return erased;
    erased += (await deleteRows(elasticsearch, purpose, rows)).length;
  }
  throw new StoreUnavailable(`Could not ${purpose}: they keep being written.`);
}

/** A run of features writes each row once, so more than two attempts are rare. */
const maxAttempts = 5;

/** The ids of all matching documents, in pages. */
async function* documentsIn(
  elasticsearch: Elasticsearch,
  purpose: string,
  name: string,
  query: NonNullable<estypes.QueryDslQueryContainer>,
): AsyncGenerator<readonly string[]> {
  const index = elasticsearch.index(name);
  await refresh(elasticsearch, purpose, index);
  const pages = searchAddresses(elasticsearch, purpose, { index, query, sort: ["_shard_doc"], pageSize });
  for await (const page of pages) yield page.map(({ id }) => id);
}
