import type { ElasticsearchOptions } from "./connections/elasticsearch/connection.ts";
import type { MinioOptions } from "./connections/minio/connection.ts";

/** Where the stores are: those that have no server are files on this machine. */
export interface StoreOptions {
  /** Where the embedded stores keep their files; made where it is missing. */
  readonly dataDir: string;
  /** Holds actions, features, scores and dead letters where it is given. */
  readonly elasticsearch?: ElasticsearchOptions | undefined;
  /** Holds model versions where it is given. */
  readonly minio?: MinioOptions | undefined;
  /** Told of each request to a store that is made once more. */
  readonly onRetry?: ((store: "elasticsearch") => void) | undefined;
}
