import type { ActionStore } from "./actions/action-store.ts";
import type { Audit } from "./audit/audit.ts";
import type { CampaignStore } from "./campaigns/campaign-store.ts";
import type { Connections } from "./connections/connections.ts";
import type { ContactStore } from "./contacts/contact-store.ts";
import { dataNames } from "./data-folder.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { FeatureStore } from "./features/feature-store.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { ModelStore } from "./models/model-store.ts";
import type { RunStore } from "./runs/run-store.ts";
import type { UserList } from "./users/user-list.ts";

/** One way to keep something. Its modules are loaded when it is opened or set up. */
export interface Implementation<Store> {
  /** What keeps it, as traces call it. */
  readonly system: "duckdb" | "files" | "elasticsearch" | "minio";
  open(connections: Connections): Promise<Store>;
  /** Creates what must exist before the store is opened. Safe to repeat. */
  setUp?(connections: Connections): Promise<void>;
}

/** Something that is kept: on the server if the options name it, otherwise in files on this machine. */
export interface Kept<Store> {
  readonly embedded: Implementation<Store>;
  readonly server: "elasticsearch" | "minio";
  readonly onServer: Implementation<Store>;
}

/** Everything that lapse keeps, and how. */
export const storeTable = {
  actions: kept<ActionStore>({
    embedded: {
      system: "duckdb",
      open: async (on) =>
        (await import("./actions/duckdb/action-store.ts")).DuckDbActionStore.open(await on.duckDb(), {
          now: on.now,
          room: on.options.room,
        }),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchActionStore } = await import("./actions/elasticsearch/action-store.ts");
        return new ElasticsearchActionStore(await on.elasticsearch(), { now: on.now });
      },
      setUp: async (on) =>
        (await import("./actions/elasticsearch/indices.ts")).installActionTemplates(await on.elasticsearch(), {}),
    },
  }),
  features: kept<FeatureStore>({
    embedded: {
      system: "duckdb",
      open: async (on) =>
        (await import("./features/duckdb/feature-store.ts")).DuckDbFeatureStore.open(await on.duckDb()),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchFeatureStore } = await import("./features/elasticsearch/feature-store.ts");
        return new ElasticsearchFeatureStore(await on.elasticsearch(), { now: on.now });
      },
      setUp: async (on) =>
        (await import("./features/elasticsearch/templates.ts")).makeFeatureIndices(await on.elasticsearch()),
    },
  }),
  runs: kept<RunStore>({
    embedded: {
      system: "duckdb",
      open: async (on) =>
        (await import("./runs/duckdb/run-store.ts")).DuckDbRunStore.open(await on.duckDb(), { now: on.now }),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchRunStore } = await import("./runs/elasticsearch/run-store.ts");
        return new ElasticsearchRunStore(await on.elasticsearch(), { now: on.now });
      },
      setUp: async (on) => (await import("./runs/elasticsearch/indices.ts")).makeRunIndex(await on.elasticsearch()),
    },
  }),
  models: kept<ModelStore>({
    embedded: {
      system: "files",
      open: async (on) =>
        (await import("./models/directory/model-store.ts")).DirectoryModelStore.open(on.folder(dataNames.models), {
          now: on.now,
        }),
    },
    server: "minio",
    onServer: {
      system: "minio",
      open: async (on) =>
        (await import("./models/minio/model-store.ts")).MinioModelStore.open(await on.minio(), { now: on.now }),
      setUp: async (on) => (await import("./connections/minio/set-up.ts")).setUpMinio(await on.minio()),
    },
  }),
  ledger: kept<Ledger>({
    embedded: {
      system: "duckdb",
      open: async (on) =>
        (await import("./ledger/duckdb/ledger.ts")).DuckDbLedger.open(await on.duckDb(), { now: on.now }),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchLedger } = await import("./ledger/elasticsearch/ledger.ts");
        return new ElasticsearchLedger(await on.elasticsearch(), { now: on.now });
      },
      setUp: async (on) =>
        (await import("./ledger/elasticsearch/indices.ts")).installLedgerTemplates(await on.elasticsearch()),
    },
  }),
  campaigns: kept<CampaignStore>({
    embedded: {
      system: "duckdb",
      open: async (on) =>
        (await import("./campaigns/duckdb/campaign-store.ts")).DuckDbCampaignStore.open(await on.duckDb()),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchCampaignStore } = await import("./campaigns/elasticsearch/campaign-store.ts");
        return new ElasticsearchCampaignStore(await on.elasticsearch());
      },
      setUp: async (on) =>
        (await import("./campaigns/elasticsearch/indices.ts")).makeCampaignIndices(await on.elasticsearch()),
    },
  }),
  contacts: kept<ContactStore>({
    embedded: {
      system: "duckdb",
      open: async (on) =>
        (await import("./contacts/duckdb/contact-store.ts")).DuckDbContactStore.open(await on.duckDb()),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchContactStore } = await import("./contacts/elasticsearch/contact-store.ts");
        return new ElasticsearchContactStore(await on.elasticsearch());
      },
      setUp: async (on) =>
        (await import("./contacts/elasticsearch/indices.ts")).makeContactIndices(await on.elasticsearch()),
    },
  }),
  users: kept<UserList>({
    embedded: {
      system: "duckdb",
      open: async (on) => (await import("./users/duckdb/user-list.ts")).DuckDbUserList.open(await on.duckDb()),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchUserList } = await import("./users/elasticsearch/user-list.ts");
        return new ElasticsearchUserList(await on.elasticsearch());
      },
      setUp: async (on) => (await import("./users/elasticsearch/indices.ts")).makeUserIndex(await on.elasticsearch()),
    },
  }),
  deadLetters: kept<DeadLetters>({
    embedded: {
      system: "files",
      async open(on) {
        const { DirectoryDeadLetters } = await import("./dead-letters/directory/dead-letters.ts");
        return new DirectoryDeadLetters(on.folder(dataNames.deadLetters), on.options.room);
      },
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchDeadLetters } = await import("./dead-letters/elasticsearch/dead-letters.ts");
        return new ElasticsearchDeadLetters(await on.elasticsearch());
      },
      async setUp(on) {
        const elasticsearch = await on.elasticsearch();
        await (await import("./dead-letters/elasticsearch/dead-letters.ts")).makeDeadLetterIndex(elasticsearch);
        await (await import("./dead-letters/elasticsearch/notes.ts")).makeNoteIndex(elasticsearch);
      },
    },
  }),
  audit: kept<Audit>({
    embedded: {
      system: "files",
      open: async (on) =>
        new (await import("./audit/file/audit.ts")).FileAudit(on.folder(dataNames.audit), on.options.onUnreadable),
    },
    server: "elasticsearch",
    onServer: {
      system: "elasticsearch",
      async open(on) {
        const { ElasticsearchAudit } = await import("./audit/elasticsearch/audit.ts");
        return new ElasticsearchAudit(await on.elasticsearch());
      },
      setUp: async (on) =>
        (await import("./audit/elasticsearch/indices.ts")).installAuditTemplate(await on.elasticsearch()),
    },
  }),
};

function kept<Store>(thing: Kept<Store>): Kept<Store> {
  return thing;
}
