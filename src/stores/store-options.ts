import type { ElasticsearchOptions } from "./connections/elasticsearch/connection.ts";
import type { MinioOptions } from "./connections/minio/connection.ts";

/** Where the stores are. A store whose server is not named is kept in files on this machine. */
export interface StoreOptions {
  /** The folder of the embedded stores; created if missing. */
  readonly dataDir: string;
  /** Keeps actions, features, scores, the list of users, the ledger, campaigns, contacts, dead letters and the audit. */
  readonly elasticsearch?: ElasticsearchOptions | undefined;
  /** Keeps model versions. */
  readonly minio?: MinioOptions | undefined;
  /** Called for each request to a store that is repeated. */
  readonly onRetry?: ((store: "elasticsearch") => void) | undefined;
}
