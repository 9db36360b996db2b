import type { DuckDBConnection } from "@duckdb/node-api";

/** A connection whose queries under way are known. */
export interface FollowedConnection {
  readonly connection: DuckDBConnection;
  /** Refuses further queries, waits for those under way, runs a last one if it is given, and closes the connection. Never rejects. */
  end(last?: string): Promise<void>;
}

/**
 * Follows the queries (`run` and `stream`) of a connection: DuckDB frees what a connection has when it is closed, also while a query uses it,
 * which ends the process. Work may leave queries behind: a stream reads ahead of who uses it, and of several at once one may fail.
 */
export function followedConnection(connection: DuckDBConnection): FollowedConnection {
  const underWay = new Set<Promise<unknown>>();
  let ended = false;
  const follow =
    <Query extends unknown[], Result>(ask: (...query: Query) => Promise<Result>) =>
    async (...query: Query): Promise<Result> => {
      if (ended) throw new Error("The connection has ended");
      const running = ask(...query);
      underWay.add(running);
      try {
        return await running;
      } finally {
        underWay.delete(running);
      }
    };
  const run = connection.run.bind(connection);
  connection.run = follow(run);
  connection.stream = follow(connection.stream.bind(connection));
  return {
    connection,
    async end(last) {
      ended = true;
      await Promise.allSettled(underWay);
      if (last !== undefined) await run(last).catch(() => undefined);
      connection.closeSync();
    },
  };
}
