import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbUserList } from "#stores/users/duckdb/user-list.ts";
import { ElasticsearchUserList } from "#stores/users/elasticsearch/user-list.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";

/** Where a list is kept: in a data folder, or, with a prefix, in Elasticsearch. */
export interface ListHome {
  readonly folder: string;
  readonly prefix?: string | undefined;
}

/** What a desk must know that shows the list. */
export function environmentOf({ folder, prefix }: ListHome): Readonly<Record<string, string>> {
  const { ELASTICSEARCH_URL = "" } = process.env;
  if (prefix === undefined) return { DATA_DIR: folder };
  return { DATA_DIR: folder, ELASTICSEARCH_URL, ELASTICSEARCH_PREFIX: prefix };
}

/** Opens the list for as long as `work` takes. */
export async function withList(home: ListHome, work: (list: UserList) => Promise<void>): Promise<void> {
  const { list, close } = await open(home);
  try {
    await work(list);
  } finally {
    await list.close();
    await close();
  }
}

async function open({ folder, prefix }: ListHome): Promise<{ readonly list: UserList; close(): Promise<void> }> {
  if (prefix !== undefined) {
    const elasticsearch = testConnection({ prefix });
    return { list: new ElasticsearchUserList(elasticsearch), close: () => elasticsearch.close() };
  }
  const database = await openDuckDb(`${folder}/lapse.duckdb`);
  return { list: await DuckDbUserList.open(database), close: () => database.close() };
}
