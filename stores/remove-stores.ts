import { Elasticsearch } from "./elasticsearch/connection.ts";
import { connectMinio } from "./minio/connection.ts";
import type { StoreOptions } from "./store-options.ts";

/** Deletes all that lapse has on the servers under these names, after a test: indices, templates, the bucket. */
export async function removeStores({ elasticsearch, minio }: StoreOptions): Promise<void> {
  if (elasticsearch !== undefined) {
    const connection = new Elasticsearch(elasticsearch);
    const pattern = connection.index("*");
    await connection.run("delete all indices", async (client) => {
      const indices = Object.keys(await client.indices.get({ index: pattern, allow_no_indices: true }));
      for (const index of indices) await client.indices.delete({ index });
      const { index_templates } = await client.indices.getIndexTemplate({ name: pattern });
      for (const { name } of index_templates) await client.indices.deleteIndexTemplate({ name });
    });
    await connection.close();
  }
  if (minio !== undefined) {
    const { client, bucket } = connectMinio(minio);
    const versions: { name: string; versionId: string }[] = [];
    for await (const { name, versionId } of client.listObjects(bucket, "", true, { IncludeVersion: true }))
      versions.push({ name, versionId });
    if (versions.length > 0) await client.removeObjects(bucket, versions);
    await client.removeBucket(bucket);
  }
}
