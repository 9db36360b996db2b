import { openStores, type Stores } from "./open-stores.ts";
import type { StoreOptions } from "./store-options.ts";

/**
 * Opens the stores, and makes first what they need: bucket, folders, index templates. May be done again at any time;
 * where there are servers it takes the rights to make these. Throws a Failure that names what it could not make.
 */
export async function setUpStores(options: StoreOptions, now: () => number): Promise<Stores> {
  if (options.minio !== undefined) {
    const { connectMinio } = await import("./connections/minio/connection.ts");
    const { setUpMinio } = await import("./connections/minio/set-up.ts");
    await setUpMinio(connectMinio(options.minio));
  }
  if (options.elasticsearch !== undefined) {
    const { setUpElasticsearch } = await import("./set-up-elasticsearch.ts");
    await setUpElasticsearch(options.elasticsearch);
  }
  return openStores(options, now);
}
