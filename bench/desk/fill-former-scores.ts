import { scoresInLine } from "#churn/list/former-scores.ts";
import type { DuckDbDatabase } from "#stores/connections/duckdb/database.ts";
import { bulk } from "#stores/connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { requireWritten } from "#stores/connections/elasticsearch/require-written.ts";
import { userOperation } from "#stores/users/elasticsearch/documents.ts";
import { userIndex } from "#stores/users/elasticsearch/indices.ts";
import { madeUpUser } from "./made-up-user.ts";

const purpose = "give users the scores of former lists";
const former = scoresInLine - 1;

/** Gives the users of a list what a month of nights would have left with them, without as many writings of the list. */
export async function fillFormerScores(database: DuckDbDatabase): Promise<void> {
  const session = await database.session();
  await session.transaction(purpose, async (connection) => {
    await connection.run(`UPDATE listed_users SET former_scores = list_transform(range(${former}),
      lambda i: {snapshot: snapshot - ${former} + i, probability: (random() * random())::DECIMAL(5, 4)})`);
  });
  await session.close();
}

/** The same in Elasticsearch. */
export async function fillFormerScoresThere(elasticsearch: Elasticsearch, users: number): Promise<void> {
  const index = elasticsearch.index(userIndex);
  for (let from = 0; from < users; from += chunkSize) {
    const operations = Array.from({ length: Math.min(chunkSize, users - from) }, (_, i) => {
      const user = madeUpUser(from + i);
      const formerScores = Array.from({ length: former }, (_, night) => ({
        snapshot: user.snapshot - former + night,
        probability: Math.round(10_000 * Math.random() ** 2) / 10_000,
      }));
      return userOperation(index, user, { ...user, writtenAt: 0, formerScores }, { writtenAt: 1 });
    });
    requireWritten(purpose, await bulk(elasticsearch, purpose, operations), []);
    console.log(`former scores of ${(from + chunkSize).toLocaleString("en")}`);
  }
}

const chunkSize = 20_000;
