import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { DuckDbCampaignStore } from "#stores/campaigns/duckdb/campaign-store.ts";
import { ElasticsearchCampaignStore } from "#stores/campaigns/elasticsearch/campaign-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbLedger } from "#stores/ledger/duckdb/ledger.ts";
import { ElasticsearchLedger } from "#stores/ledger/elasticsearch/ledger.ts";
import type { Ledger } from "#stores/ledger/ledger.ts";
import { DuckDbUserList } from "#stores/users/duckdb/user-list.ts";
import { ElasticsearchUserList } from "#stores/users/elasticsearch/user-list.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { fillFormerScores, fillFormerScoresThere } from "./fill-former-scores.ts";

/** Where a list is kept: in a data folder, or, with a prefix, in Elasticsearch. */
export interface ListHome {
  readonly folder: string;
  readonly prefix?: string | undefined;
}

/** A list of users, with the ledger of its nights and campaigns. */
export interface HomeStores {
  readonly list: UserList;
  readonly ledger: Ledger;
  readonly campaigns: CampaignStore;
  /** Gives its users the scores of former lists. */
  readonly fillFormerScores: (users: number) => Promise<void>;
}

/** What a desk must know that shows the list. */
export function environmentOf({ folder, prefix }: ListHome): Readonly<Record<string, string>> {
  const { ELASTICSEARCH_URL = "" } = process.env;
  if (prefix === undefined) return { DATA_DIR: folder };
  return { DATA_DIR: folder, ELASTICSEARCH_URL, ELASTICSEARCH_PREFIX: prefix };
}

/** Opens the stores for as long as `work` takes. */
export async function withStores(home: ListHome, work: (stores: HomeStores) => Promise<void>): Promise<void> {
  const { close, ...stores } = await open(home);
  try {
    await work(stores);
  } finally {
    await Promise.all([stores.list, stores.ledger, stores.campaigns].map((store) => store.close()));
    await close();
  }
}

async function open({ folder, prefix }: ListHome): Promise<HomeStores & { close(): Promise<void> }> {
  const now = () => Date.now();
  if (prefix !== undefined) {
    const elasticsearch = testConnection({ prefix });
    return {
      list: new ElasticsearchUserList(elasticsearch),
      ledger: new ElasticsearchLedger(elasticsearch, { now }),
      campaigns: new ElasticsearchCampaignStore(elasticsearch),
      fillFormerScores: (users) => fillFormerScoresThere(elasticsearch, users),
      close: () => elasticsearch.close(),
    };
  }
  const database = await openDuckDb(`${folder}/lapse.duckdb`);
  return {
    list: await DuckDbUserList.open(database),
    ledger: await DuckDbLedger.open(database, { now }),
    campaigns: await DuckDbCampaignStore.open(database),
    fillFormerScores: () => fillFormerScores(database),
    close: () => database.close(),
  };
}
