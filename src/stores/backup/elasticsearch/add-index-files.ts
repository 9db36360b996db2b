import { promisify } from "node:util";
import { gzip } from "node:zlib";
import * as z from "zod";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { refresh } from "../../connections/elasticsearch/search.ts";
import type { BackupTarget } from "../backup-place.ts";
import { derivedKinds, indicesOf, kindOf, linesName } from "./index-kinds.ts";

/** Documents in a file of a backup. With a few hundred bytes each, a file is small enough to be held in memory. */
const pageSize = 5_000;

/**
 * Adds the documents of every index of this prefix, as of one moment: a point in time over all of them, opened after a refresh. What the
 * next run of features counts again is left out. Needs no snapshot repository, scripts or other modules. Returns the number of
 * documents by kind of index. Throws StoreUnavailable.
 */
export async function addIndexFiles(
  elasticsearch: Elasticsearch,
  target: BackupTarget,
): Promise<Record<string, number>> {
  const purpose = "back up Elasticsearch";
  const indices = (await indicesOf(elasticsearch)).filter((index) => !derivedKinds.has(kindOf(elasticsearch, index)));
  const counts: Record<string, number> = {};
  if (indices.length === 0) return counts;
  await refresh(elasticsearch, purpose, indices.join(","));
  const opened = await elasticsearch.runPatiently(purpose, (client) =>
    client.openPointInTime({ index: indices, keep_alive: keepAlive, ignore_unavailable: true }),
  );
  let pit = opened.id;
  try {
    let after: z.infer<typeof sortValues> | undefined;
    for (let page = 1; ; page++) {
      const answer = await elasticsearch.runPatiently(purpose, (client) =>
        client.search({
          pit: { id: pit, keep_alive: keepAlive },
          size: pageSize,
          sort: ["_shard_doc"],
          track_total_hits: false,
          allow_partial_search_results: false,
          ...(after === undefined ? {} : { search_after: after }),
        }),
      );
      const { pit_id, hits } = pageSchema.parse(answer);
      pit = pit_id ?? pit;
      if (hits.hits.length === 0) break;
      const lines = hits.hits.map(({ _index, _id, _source }) => {
        const kind = kindOf(elasticsearch, _index);
        counts[kind] = (counts[kind] ?? 0) + 1;
        return `${JSON.stringify({ index: kindAndMonth(elasticsearch, _index), id: _id, source: _source })}\n`;
      });
      await target.write(linesName(page), await compressed(lines.join("")));
      after = hits.hits.at(-1)?.sort;
    }
  } finally {
    await elasticsearch.run(purpose, (client) => client.closePointInTime({ id: pit })).catch(() => undefined);
  }
  return counts;
}

/** How long the server keeps the point in time between two pages. */
const keepAlive = "10m";

/** Another installation may have another prefix. */
function kindAndMonth(elasticsearch: Elasticsearch, index: string): string {
  return index.slice(elasticsearch.index("").length);
}

const compressed = promisify(gzip);
const sortValues = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]));
const pageSchema = z.object({
  pit_id: z.string().optional(),
  hits: z.object({
    hits: z.array(
      z.object({
        _index: z.string(),
        _id: z.string(),
        _source: z.record(z.string(), z.unknown()),
        sort: sortValues,
      }),
    ),
  }),
});
