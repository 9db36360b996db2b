import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import type { Candidate } from "#churn/campaign/candidate.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import { ofUsers, userIdsText } from "../../connections/duckdb/some-users.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import { cursorAfter, type Place, placeAt } from "../cursor.ts";
import type { FormerLists, ListTotals, UserFilter, UserList, UserOrder, UserPage, UserQuery } from "../user-list.ts";
import { candidateColumns, readCandidates } from "./candidate-rows.ts";
import { conditionOf, keyIn, moves, sortedBy, states } from "./filter.ts";
import { putRows } from "./put.ts";
import { rewriteSorted } from "./rewrite-sorted.ts";
import { readColumns, readUsers } from "./rows.ts";
import { createUserTable } from "./schema.ts";

/** The list of users in a DuckDB file: for one process. */
export class DuckDbUserList implements UserList {
  readonly #database: DuckDbDatabase;
  readonly #writes: DuckDbSession;
  readonly #reads: DuckDbSession;

  private constructor(database: DuckDbDatabase, writes: DuckDbSession, reads: DuckDbSession) {
    this.#database = database;
    this.#writes = writes;
    this.#reads = reads;
  }

  /** The list in `database`, whose table is created if missing. */
  static async open(database: DuckDbDatabase): Promise<DuckDbUserList> {
    const writes = await database.session();
    await writes.transaction("open the list of users", createUserTable);
    return new DuckDbUserList(database, writes, await database.session());
  }

  put(users: readonly ListedUser[], writtenAt: number, former: FormerLists = {}): Promise<void> {
    const rows = users.map((user) => ({ ...user, writtenAt }));
    return this.#writes.transaction("store the list of users", (connection) => putRows(connection, rows, former));
  }

  prune(writtenBefore: number): Promise<number> {
    return this.#writes.transaction("delete former users from the list", (connection) =>
      rewriteSorted(connection, writtenBefore),
    );
  }

  lastWritten(): Promise<number> {
    return this.#reads.run("read the list of users", async (connection) => {
      const result = await connection.run("SELECT coalesce(max(written), 0) FROM listed_users");
      return (await readRows(result, z.tuple([z.number()])))[0]?.[0] ?? 0;
    });
  }

  async page({ filter, order, limit, cursor, withFormerScores }: UserQuery): Promise<UserPage> {
    const after = cursor === undefined ? undefined : placeAt(cursor, order);
    const users = await this.#reads.run("read the list of users", async (connection, unreadable) => {
      const found: ListedUser[] = [];
      // One more than the page holds tells whether there is another.
      for await (const user of usersAfter(
        connection,
        { filter, order, after, firstPage: limit + 1, pageSize: furtherRows, withFormerScores },
        unreadable,
      ))
        if (found.push(user) > limit) break;
      return found;
    });
    const last = users[limit - 1];
    const hasMore = users.length > limit && last !== undefined;
    return { users: users.slice(0, limit), next: hasMore ? cursorAfter(last, order) : undefined };
  }

  stream(filter: UserFilter, order: UserOrder): AsyncIterable<ListedUser> {
    return this.#database.stream("read the list of users", (connection, unreadable) =>
      usersAfter(connection, { filter, order, after: undefined, pageSize }, unreadable),
    );
  }

  candidates(filter: UserFilter): AsyncIterable<readonly Candidate[]> {
    const { where, parameters } = conditionOf(filter, "user_id");
    const sql = `SELECT ${candidateColumns} FROM listed_users WHERE ${where} AND probability IS NOT NULL`;
    return this.#database.stream("read the list of users", async function* (connection, unreadable) {
      yield* readCandidates(await connection.stream(sql, ...parameters), unreadable);
    });
  }

  async totals(filter: UserFilter): Promise<ListTotals> {
    const { where, parameters } = conditionOf(
      { ...filter, state: undefined, moved: undefined, untold: undefined },
      "user_id",
    );
    const counted = [
      states.here,
      states.slipping,
      states.at_risk,
      states.lapsed,
      moves.entered,
      moves.calmed,
      moves.lost,
    ];
    // What tells them apart has few values, so it takes half the time to ask the conditions of groups instead of users.
    const sql = `SELECT ${counted.map((condition) => `coalesce(sum(users) FILTER (${condition}), 0)`).join(", ")},
      coalesce(sum(value_at_risk) FILTER (${states.at_risk}), 0)
      FROM (SELECT state, risk, risk_before, was_at_risk, count(*)::DOUBLE AS users, sum(value_at_risk) AS value_at_risk
        FROM listed_users WHERE ${where} GROUP BY ALL) listed_users`;
    const [row] = await this.#reads.run("count the list of users", async (connection) =>
      readRows(await connection.run(sql, ...parameters), totalsRow),
    );
    const [here, slipping, atRisk, lapsed, entered, calmed, lost, valueAtRisk] = row ?? [0, 0, 0, 0, 0, 0, 0, 0];
    return { here, slipping, at_risk: atRisk, lapsed, valueAtRisk, moved: { entered, calmed, lost } };
  }

  async get(userIds: readonly string[]): Promise<ReadonlyMap<string, ListedUser>> {
    if (userIds.length === 0) return new Map();
    const sql = `SELECT ${readColumns}, 0::DOUBLE FROM listed_users WHERE ${ofUsers(userIds, "$1")}`;
    return this.#reads.run("read the list of users", async (connection, unreadable) => {
      const found = new Map<string, ListedUser>();
      for await (const { user } of readUsers(await connection.run(sql, [userIdsText(userIds)]), unreadable))
        if (user !== undefined) found.set(user.userId, user);
      return found;
    });
  }

  erase(userIds: readonly string[]): Promise<number> {
    return this.#writes.transaction("erase users from the list", (connection) =>
      deleteUsers(connection, "listed_users", userIds),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#reads.close()]);
  }
}

/** Rows read at a time where some of a page have to be left out: not a query for each of them. For a whole page, few rows cost a third of as many. */
const furtherRows = 500;

/** Users read at a time for a stream: up to as many, DuckDB finds the first ones without sorting all. */
const pageSize = 5_000;

const totalsRow = z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.number()]);

interface Listing {
  readonly filter: UserFilter;
  readonly order: UserOrder;
  readonly after: Place | undefined;
  /** Rows that are read at first; as many as at any time by default. */
  readonly firstPage?: number;
  /** Rows that are read at a time. */
  readonly pageSize: number;
  readonly withFormerScores?: boolean | undefined;
}

/** Page after page of one state: to sort a million whole rows takes more memory than DuckDB may have. */
async function* usersAfter(
  connection: DuckDBConnection,
  { filter, order, pageSize, firstPage = pageSize, withFormerScores = false, ...listing }: Listing,
  unreadable: UnreadableRows,
): AsyncGenerator<ListedUser> {
  const key = order === "user_id" ? "0::DOUBLE" : keyIn(order);
  for (let { after } = listing, size = firstPage; ; size = pageSize) {
    const { where, parameters } = conditionOf(filter, order, after);
    const sql = `SELECT ${readColumns}, ${key}${withFormerScores ? ", former_scores" : ""} FROM listed_users WHERE ${where} ORDER BY ${sortedBy(order)} LIMIT ${size}`;
    let rows = 0;
    for await (const { place, user } of readUsers(await connection.run(sql, ...parameters), unreadable, {
      withFormerScores,
    })) {
      rows += 1;
      after = place;
      if (user !== undefined) yield user;
    }
    if (rows < size) return;
  }
}
