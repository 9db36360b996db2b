import * as z from "zod";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { refresh } from "#stores/connections/elasticsearch/search.ts";

/** Megabytes (10^6 bytes) per million actions of each kind of index, as written and after a force merge. */
export async function sizesOf(elasticsearch: Elasticsearch, actions: number) {
  const kinds = ["actions", "user-days"] as const;
  const megabytes = async (kind: (typeof kinds)[number]) => {
    const index = elasticsearch.index(`${kind}-*`);
    await elasticsearch.run("flush", (client) => client.indices.flush({ index, wait_if_ongoing: true }));
    await refresh(elasticsearch, "refresh", index);
    const stats = await elasticsearch.run("measure", (client) => client.indices.stats({ index, metric: "store" }));
    return statsSchema.parse(stats)._all.primaries.store.size_in_bytes / actions;
  };
  const asWritten = { actions: await megabytes("actions"), "user-days": await megabytes("user-days") };
  const index = kinds.map((kind) => elasticsearch.index(`${kind}-*`));
  await elasticsearch.run("merge", (client) => client.indices.forcemerge({ index, max_num_segments: 1 }));
  return Object.fromEntries(
    await Promise.all(
      kinds.map(async (kind) => [
        kind,
        {
          "MB per million actions, as written": asWritten[kind].toFixed(1),
          "after force merge": (await megabytes(kind)).toFixed(1),
        },
      ]),
    ),
  );
}

const statsSchema = z.object({
  _all: z.object({ primaries: z.object({ store: z.object({ size_in_bytes: z.number() }) }) }),
});
