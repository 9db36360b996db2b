import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { formatDay } from "#churn/day.ts";
import type { Score } from "#churn/score.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteDocuments } from "../../connections/elasticsearch/delete-documents.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { extremeOf, refresh, search } from "../../connections/elasticsearch/search.ts";
import { reasonsSchema, riskSchema } from "../score-schema.ts";
import { dayText } from "./day-text.ts";
import { featureIndices } from "./templates.ts";

/** Of runs with a greater number than `run` scores stay: a score has the number of its run as the version of its document. */
export async function putScores(
  elasticsearch: Elasticsearch,
  scores: readonly Score[],
  run: number | undefined,
): Promise<void> {
  const index = elasticsearch.index(featureIndices.scores);
  const latest = new Map(scores.map((score) => [score.userId, score]));
  const operations = [...latest.values()].map((score) => ({
    action: JSON.stringify({ index: { _index: index, _id: userDocumentId(score.userId), ...versionOf(run) } }),
    document: JSON.stringify({
      user: { id: score.userId },
      lapse: {
        bucket: bucketOf(score.userId),
        snapshot: formatDay(score.snapshot),
        probability: score.probability,
        risk: score.risk,
        model_version: score.modelVersion,
        reasons: score.reasons,
        run,
      },
    }),
  }));
  requireWritten("store scores", await bulk(elasticsearch, "store scores", operations), [isNewer]);
}

/** Deletes scores by document id, but for those of runs with a greater number than `run`. */
export async function dropScores(
  elasticsearch: Elasticsearch,
  ids: readonly string[],
  run: number | undefined,
): Promise<void> {
  const index = elasticsearch.index(featureIndices.scores);
  const operations = ids.map((id) => ({
    action: JSON.stringify({ delete: { _index: index, _id: id, ...versionOf(run) } }),
  }));
  requireWritten("delete scores", await bulk(elasticsearch, "delete scores", operations), [isGone, isNewer]);
}

/** The greatest number of a run that scores were written with; 0 if there are none, or of before they told. */
export async function lastScoring(elasticsearch: Elasticsearch): Promise<number> {
  const index = elasticsearch.index(featureIndices.scores);
  return (await extremeOf(elasticsearch, "read the scores", index, "max", "lapse.run")) ?? 0;
}

function versionOf(run: number | undefined) {
  return run === undefined ? {} : { version: run, version_type: "external_gte" };
}

/** The status of an operation on a document that is absent, or newer. */
const isGone = 404;
const isNewer = 409;

/** Deletes scores by document id. Returns how many there were. */
export function deleteScores(elasticsearch: Elasticsearch, purpose: string, ids: readonly string[]): Promise<number> {
  const index = elasticsearch.index(featureIndices.scores);
  return deleteDocuments(
    elasticsearch,
    purpose,
    ids.map((id) => ({ index, id })),
  );
}

/** Highest probability first, ties by the UTF-8 bytes of the user id. */
export async function topScores(elasticsearch: Elasticsearch, limit: number): Promise<readonly Score[]> {
  const scores: Score[] = [];
  if (limit === 0) return scores;
  for await (const score of streamScores(elasticsearch, Math.min(limit, 1_000))) {
    scores.push(score);
    if (scores.length >= limit) break;
  }
  return scores;
}

/** In the same order. */
async function* streamScores(elasticsearch: Elasticsearch, pageSize: number): AsyncGenerator<Score> {
  const index = elasticsearch.index(featureIndices.scores);
  await refresh(elasticsearch, "read scores", index);
  const pages = search(elasticsearch, "read scores", {
    index,
    sort: [{ "lapse.probability": "desc" }, { "user.id": "asc" }],
    schema: scoreSchema,
    mayLeaveOut: "any",
    pageSize,
  });
  for await (const page of pages) yield* page;
}

const scoreSchema = z
  .object({
    user: z.object({ id: z.string() }),
    lapse: z.object({
      snapshot: dayText,
      probability: z.number(),
      risk: riskSchema,
      model_version: z.string(),
      reasons: reasonsSchema,
    }),
  })
  .transform(
    ({ user, lapse: { model_version: modelVersion, ...score } }): Score => ({
      userId: user.id,
      modelVersion,
      ...score,
    }),
  );
