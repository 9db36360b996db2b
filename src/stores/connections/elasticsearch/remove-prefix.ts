import type { Elasticsearch } from "./connection.ts";

/** Deletes every index and index template with the connection's prefix: for tests and benchmarks. */
export async function removePrefix(elasticsearch: Elasticsearch): Promise<void> {
  const pattern = elasticsearch.index("*");
  await elasticsearch.run(`delete ${pattern}`, async (client) => {
    const { indices } = await client.indices.resolveIndex({ name: pattern });
    // By name, as patterns may be forbidden; a few at a time, as the names are part of the URL.
    for (let from = 0; from < indices.length; from += 20) {
      await client.indices.delete({ index: indices.slice(from, from + 20).map(({ name }) => name) });
    }
    await client.indices.deleteIndexTemplate({ name: pattern }, { ignore: [404] });
  });
}
