import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDoubleVector,
  type DuckDBResult,
  DuckDBVarCharVector,
  INTEGER,
  LIST,
  listValue,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { type Day, dayOf } from "#churn/day.ts";
import { appendIncoming, type Column, chunksOf, createIncoming } from "../../connections/duckdb/append.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import { columnOf, readRows } from "../../connections/duckdb/read.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import { ofUsers, userIdsText } from "../../connections/duckdb/some-users.ts";
import { timeOrEndOfMonth } from "../../connections/duckdb/time-or-month.ts";
import { monthNumber } from "../../month.ts";
import { present, type UnreadableRows } from "../../unreadable-rows.ts";
import type {
  AppendedContacts,
  Contact,
  ContactStore,
  ErasedContacts,
  OptOut,
  UserContacts,
} from "../contact-store.ts";
import { type ContactOutcome, GatheredContacts } from "../gathered-contacts.ts";
import { createContactTables } from "./schema.ts";

/** Contacts in a DuckDB file: for one process. */
export class DuckDbContactStore implements ContactStore {
  readonly #database: DuckDbDatabase;
  readonly #writes: DuckDbSession;
  readonly #reads: DuckDbSession;
  readonly #gathered: GatheredContacts;

  private constructor(database: DuckDbDatabase, writes: DuckDbSession, reads: DuckDbSession) {
    this.#database = database;
    this.#writes = writes;
    this.#reads = reads;
    this.#gathered = new GatheredContacts({
      append: (contacts) => this.#append(contacts),
      optOut: (optOuts) => this.#optOut(optOuts),
    });
  }

  /** The contacts in `database`, whose tables are created if missing. */
  static async open(database: DuckDbDatabase): Promise<DuckDbContactStore> {
    const writes = await database.session();
    await writes.transaction("open the contacts", createContactTables);
    return new DuckDbContactStore(database, writes, await database.session());
  }

  append(contacts: readonly Contact[]): Promise<AppendedContacts> {
    return this.#gathered.append(contacts);
  }

  optOut(optOuts: readonly OptOut[]): Promise<void> {
    return this.#gathered.optOut(optOuts);
  }

  optIn(userIds: readonly string[]): Promise<number> {
    return this.#writes.transaction("store who may be contacted", (connection) =>
      deleteUsers(connection, "opt_outs", userIds),
    );
  }

  statesOf(userIds: readonly string[], since: number): Promise<ReadonlyMap<string, UserContacts>> {
    return this.#reads.run("read contacts", (connection, unreadable) =>
      readStates(connection, userIds, since, unreadable),
    );
  }

  contactsOf(userId: string): Promise<readonly Contact[]> {
    return this.#reads.run("read contacts", async (connection, unreadable) => {
      const sql = `SELECT ${columns} FROM contacts WHERE bucket = ${bucketOf(userId)} AND user_id = $1 ORDER BY time, campaign, channel`;
      const found: Contact[] = [];
      for await (const contact of read(await connection.stream(sql, [userId]), unreadable)) found.push(contact);
      return found;
    });
  }

  contacts(campaignId: string): AsyncIterable<Contact> {
    return this.#database.stream("read contacts", async function* (connection, unreadable) {
      const sql = `SELECT ${columns} FROM contacts WHERE campaign = $1 ORDER BY bucket, user_id, time`;
      yield* read(await connection.stream(sql, [campaignId]), unreadable);
    });
  }

  erase(userIds: readonly string[]): Promise<ErasedContacts> {
    return this.#writes.transaction("erase contacts", async (connection) => ({
      contacts: await deleteUsers(connection, "contacts", userIds),
      optOuts: await deleteUsers(connection, "opt_outs", userIds),
    }));
  }

  dropMonthsBefore(day: Day): Promise<number> {
    return this.#writes.transaction("drop months of contacts", async (connection) => {
      const result = await connection.run(`DELETE FROM contacts WHERE month < ${monthNumber(day)}`);
      return result.rowsChanged;
    });
  }

  async close(): Promise<void> {
    await this.#gathered.settled();
    await Promise.all([this.#writes.close(), this.#reads.close()]);
  }

  #append(contacts: readonly Contact[]): Promise<readonly ContactOutcome[]> {
    return this.#writes.transaction("store contacts", async (connection) =>
      outcomesOf(contacts, await insertNew(connection, "contacts", contactColumns, contacts)),
    );
  }

  #optOut(optOuts: readonly OptOut[]): Promise<readonly ContactOutcome[]> {
    return this.#writes.transaction("store who wants no contact", async (connection) =>
      outcomesOf(optOuts, await insertNew(connection, "opt_outs", optOutColumns, optOuts, ["bucket", "user_id"])),
    );
  }
}

function outcomesOf(items: readonly unknown[], inserted: readonly number[]): ContactOutcome[] {
  const created = new Set(inserted);
  return items.map((_, row) => ({ status: created.has(row) ? "created" : "duplicate" }));
}

const columns = "user_id, time, campaign, channel";

const contactColumns: Column<Contact>[] = [
  ["month", INTEGER, ({ time }) => monthNumber(dayOf(time))],
  ["bucket", UTINYINT, ({ userId }) => bucketOf(userId)],
  ["user_id", VARCHAR, ({ userId }) => userId],
  ["time", DOUBLE, ({ time }) => time],
  ["campaign", VARCHAR, ({ campaignId }) => campaignId ?? ""],
  ["channel", VARCHAR, ({ channel }) => channel ?? ""],
];

const optOutColumns: Column<OptOut>[] = [
  ["bucket", UTINYINT, ({ userId }) => bucketOf(userId)],
  ["user_id", VARCHAR, ({ userId }) => userId],
  ["time", DOUBLE, ({ time }) => time],
];

/**
 * Inserts the rows that are not there yet by the columns of `identity`, all by default; of several that agree in them the first.
 * Returns which rows, by number, that were.
 */
async function insertNew<Row>(
  connection: DuckDBConnection,
  table: string,
  rowColumns: readonly Column<Row>[],
  rows: readonly Row[],
  identity: readonly string[] = rowColumns.map(([name]) => name),
): Promise<number[]> {
  const columns: Column<readonly [number, Row]>[] = [
    ["number", DOUBLE, ([number]) => number],
    ...rowColumns.map(([name, type, value]): Column<readonly [number, Row]> => [name, type, ([, row]) => value(row)]),
  ];
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...rows.entries()], columns));
  const by = identity.join(", ");
  // Before they are inserted, as afterwards they are there.
  const result = await connection.run(
    `SELECT min(number) FROM incoming ANTI JOIN ${table} known USING (${by}) GROUP BY ${by}`,
  );
  const fresh = (await readRows(result, z.tuple([z.number()]))).map(([number]) => number);
  if (fresh.length > 0)
    await connection.run(
      `INSERT INTO ${table} BY NAME
       SELECT * EXCLUDE number FROM incoming WHERE number IN (SELECT unnest($1::DOUBLE[])) ORDER BY bucket, user_id`,
      [listValue(fresh)],
      [LIST(DOUBLE)],
    );
  return fresh;
}

async function readStates(
  connection: DuckDBConnection,
  userIds: readonly string[],
  since: number,
  unreadable: UnreadableRows,
): Promise<Map<string, UserContacts>> {
  const found = new Map<string, UserContacts>();
  if (userIds.length === 0) return found;
  const isOfThem = ofUsers(userIds, "$1");
  // Nobody must be contacted because it cannot be read when they were before, or since when they want no contact.
  const result = await connection.run(
    `SELECT user_id, max(contacted), max(opted), bool_or(damaged AND opted IS NULL), bool_or(damaged AND opted IS NOT NULL) FROM (
       SELECT user_id, ${contactedAt} AS contacted, NULL::DOUBLE AS opted, ${isDamaged} AS damaged FROM contacts
       WHERE ${isOfThem} AND ${contactedAt} >= $2
       UNION ALL SELECT user_id, NULL, CASE WHEN isfinite(time) THEN time ELSE 0 END, ${isDamaged} FROM opt_outs WHERE ${isOfThem})
     GROUP BY user_id`,
    [userIdsText(userIds), since],
    [VARCHAR, DOUBLE],
  );
  for (const [userId, contacted, opted, ...areDamaged] of await readRows(result, stateRow)) {
    found.set(userId, { lastContactedAt: contacted ?? undefined, optedOutAt: opted ?? undefined });
    for (const [i, place] of (["contacts", "opt_outs"] as const).entries())
      if (areDamaged[i]) unreadable.leaveOut(() => ({ place, userId }), "time is not a number");
  }
  return found;
}

const contactedAt = timeOrEndOfMonth("time");
const isDamaged = "NOT coalesce(isfinite(time), false)";
/** User, last contact, opt-out, and whether the time of one of the contacts or of the opt-out cannot be read. */
const stateRow = z.tuple([z.string(), z.number().nullable(), z.number().nullable(), z.boolean(), z.boolean()]);

async function* read(result: DuckDBResult, unreadable: UnreadableRows): AsyncGenerator<Contact> {
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const times = columnOf(chunk, 1, DuckDBDoubleVector);
    const campaigns = columnOf(chunk, 2, DuckDBVarCharVector);
    const channels = columnOf(chunk, 3, DuckDBVarCharVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const contact = unreadable.attempt(
        () => ({ place: "contacts", userId: users.getItem(row) ?? undefined }),
        (): Contact => ({
          userId: present(users.getItem(row), "user_id"),
          time: present(times.getItem(row), "time"),
          campaignId: campaigns.getItem(row) || undefined,
          channel: channels.getItem(row) || undefined,
        }),
      );
      if (contact !== undefined) yield contact;
    }
  }
}
