import * as z from "zod";
import { bulk } from "./bulk.ts";
import type { Elasticsearch } from "./connection.ts";
import { deleteMatching } from "./delete-documents.ts";
import { userDocumentId } from "./document-id.ts";
import { makeIndex } from "./make-index.ts";
import { requireWritten } from "./require-written.ts";
import { refresh } from "./search.ts";
import type { Template } from "./template.ts";

// Why no erased user comes back: docs/decisions/erasure-while-running.md.

/**
 * Records that these users are being erased, by hashes of their ids, before anything of theirs is deleted. Work that has read
 * them by then may still be under way; what it writes from now on is erased again, by `eraseAgain`. `now` is in milliseconds
 * since the epoch. Throws StoreUnavailable.
 */
export async function recordErasure(
  elasticsearch: Elasticsearch,
  userIds: readonly string[],
  now: number,
): Promise<void> {
  const purpose = "record an erasure";
  await makeIndex(elasticsearch, template);
  const index = elasticsearch.index(template.name);
  const operations = userIds.map((userId) => ({
    action: JSON.stringify({ index: { _index: index, _id: userDocumentId(userId) } }),
    document: JSON.stringify({ "@timestamp": new Date(now).toISOString() }),
  }));
  requireWritten(purpose, await bulk(elasticsearch, purpose, operations), []);
  await refresh(elasticsearch, purpose, index);
  await deleteMatching(elasticsearch, purpose, index, { range: { "@timestamp": { lt: `now-${remembered}` } } });
}

/**
 * To be called after these users have been written: calls `erase` with those among them who were erased lately, as they may have been
 * read before their erasure. Throws StoreUnavailable.
 */
export async function eraseAgain(
  elasticsearch: Elasticsearch,
  userIds: readonly string[],
  erase: (userIds: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const users = [...new Set(userIds)];
  const erased: string[] = [];
  for (let from = 0; from < users.length; from += usersAtATime)
    erased.push(...(await erasedAmong(elasticsearch, users.slice(from, from + usersAtATime))));
  if (erased.length > 0) await erase(erased);
}

async function erasedAmong(elasticsearch: Elasticsearch, userIds: readonly string[]): Promise<string[]> {
  const byId = new Map(userIds.map((userId) => [userDocumentId(userId), userId]));
  const answer = await elasticsearch.runPatiently("look for erased users", (client) =>
    client.search({
      index: elasticsearch.index(template.name),
      query: {
        bool: {
          filter: [{ range: { "@timestamp": { gte: `now-${remembered}` } } }, { ids: { values: [...byId.keys()] } }],
        },
      },
      size: userIds.length,
      _source: false,
      track_total_hits: false,
      // Nobody has been erased yet.
      ignore_unavailable: true,
      allow_partial_search_results: false,
    }),
  );
  return answerSchema.parse(answer).hits.hits.flatMap(({ _id }) => byId.get(_id) ?? []);
}

const answerSchema = z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string() })) }) });

/**
 * Longer than any work that writes about users takes: a request on Knative lasts at most ten minutes, and clocks may differ by
 * another ten. Within this time nothing is computed of a user who comes back.
 */
const remembered = "1h";

const usersAtATime = 5_000;

const template: Template = {
  name: "erasures",
  patterns: ["erasures"],
  version: 1,
  settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
  mappings: { dynamic: "strict", properties: { "@timestamp": { type: "date" } } },
};
