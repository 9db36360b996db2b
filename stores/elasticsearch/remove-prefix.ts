import type { Elasticsearch } from "./connection.ts";

/** Deletes every index and index template whose name begins with the connection's prefix: for tests and benchmarks. */
export async function removePrefix(elasticsearch: Elasticsearch): Promise<void> {
  const pattern = elasticsearch.index("*");
  await elasticsearch.run(`delete ${pattern}`, async (client) => {
    // Names, because deleting by pattern may be forbidden.
    const { indices } = await client.indices.resolveIndex({ name: pattern });
    if (indices.length > 0) await client.indices.delete({ index: indices.map(({ name }) => name) });
    await client.indices.deleteIndexTemplate({ name: pattern }, { ignore: [404] });
  });
}
