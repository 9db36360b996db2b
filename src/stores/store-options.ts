import type { Room } from "./connections/duckdb/room.ts";
import type { TornLog } from "./connections/duckdb/torn-log.ts";
import type { ElasticsearchOptions } from "./connections/elasticsearch/connection.ts";
import type { MinioOptions } from "./connections/minio/connection.ts";
import type { StoreSpans } from "./store-spans.ts";
import type { UnreadableDocuments } from "./unreadable-documents.ts";

/** Where the stores are. A store whose server is not named is kept in files on this machine. */
export interface StoreOptions {
  /** The folder of the embedded stores; created if missing. */
  readonly dataDir: string;
  /** Keeps actions, features, scores, the list of users, the ledger, campaigns, contacts, dead letters and the audit. */
  readonly elasticsearch?: ElasticsearchOptions | undefined;
  /** Keeps model versions. */
  readonly minio?: MinioOptions | undefined;
  /** Whether the embedded database may grow; without it as far as the disk lets it. */
  readonly room?: Room | undefined;
  /** Called for each request to a store that is repeated. */
  readonly onRetry?: ((store: "elasticsearch") => void) | undefined;
  /** Called when the embedded database is opened and its write-ahead log ends within a write. */
  readonly onTornLog?: ((torn: TornLog) => void) | undefined;
  /** Called when documents of a store cannot be read and are left out. */
  readonly onUnreadable?: ((documents: UnreadableDocuments) => void) | undefined;
  /** Records calls of the stores as parts of traces; without it none are. */
  readonly spans?: StoreSpans | undefined;
}
