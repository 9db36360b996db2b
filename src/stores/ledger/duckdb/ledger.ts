import type { Day } from "#churn/day.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import { monthNumber } from "../../month.ts";
import { checkEntries } from "../check-entries.ts";
import type {
  EntryRange,
  ErasedLedger,
  JudgedEntry,
  Ledger,
  LedgerBatch,
  LedgerEntry,
  LedgerOutcome,
  LedgerRange,
  RecordedEntry,
  SnapshotRange,
} from "../ledger.ts";
import { appendEntries, appendOutcomes } from "./append.ts";
import { readBatches, readEntriesOf, readFirstSnapshot, readLastShown, streamEntries } from "./entries.ts";
import { appendNights, readNights } from "./nights.ts";
import { createLedgerTables } from "./schema.ts";

/** The ledger in a DuckDB file: for one process. */
export class DuckDbLedger implements Ledger {
  readonly #database: DuckDbDatabase;
  readonly #now: () => number;
  readonly #writes: DuckDbSession;
  readonly #reads: DuckDbSession;

  private constructor(database: DuckDbDatabase, now: () => number, writes: DuckDbSession, reads: DuckDbSession) {
    this.#database = database;
    this.#now = now;
    this.#writes = writes;
    this.#reads = reads;
  }

  /** The ledger in `database`, whose tables are created if missing. `now` dates what is added, in ms since the epoch. */
  static async open(database: DuckDbDatabase, { now }: { readonly now: () => number }): Promise<DuckDbLedger> {
    const writes = await database.session();
    await writes.transaction("open the ledger", createLedgerTables);
    return new DuckDbLedger(database, now, writes, await database.session());
  }

  async append(entries: readonly LedgerEntry[]): Promise<void> {
    checkEntries(entries);
    await this.#writes.transaction("add to the ledger", (connection) =>
      appendEntries(connection, entries, this.#now()),
    );
  }

  appendOutcomes(outcomes: readonly LedgerOutcome[]): Promise<void> {
    return this.#writes.transaction("add outcomes to the ledger", (connection) =>
      appendOutcomes(connection, outcomes, this.#now()),
    );
  }

  appendNights(nights: readonly JudgedNight[]): Promise<void> {
    return this.#writes.transaction("add nights to the ledger", (connection) => appendNights(connection, nights));
  }

  nights(range: LedgerRange = {}): Promise<readonly JudgedNight[]> {
    return this.#reads.run("read the ledger", (connection, unreadable) => readNights(connection, range, unreadable));
  }

  batches(range: SnapshotRange = {}): Promise<readonly LedgerBatch[]> {
    return this.#reads.run("read the ledger", (connection, unreadable) => readBatches(connection, range, unreadable));
  }

  firstSnapshot(): Promise<Day | undefined> {
    return this.#reads.run("read the ledger", readFirstSnapshot);
  }

  entries(range: EntryRange = {}): AsyncIterable<JudgedEntry> {
    return this.#database.stream("read the ledger", (connection, unreadable) =>
      streamEntries(connection, range, unreadable),
    );
  }

  entriesOf(userId: string): Promise<readonly JudgedEntry[]> {
    return this.#reads.run("read the ledger", (connection, unreadable) =>
      readEntriesOf(connection, userId, unreadable),
    );
  }

  lastShown(userIds: readonly string[], count: number): Promise<ReadonlyMap<string, readonly RecordedEntry[]>> {
    return this.#reads.run("read the ledger", (connection, unreadable) =>
      readLastShown(connection, userIds, count, unreadable),
    );
  }

  erase(userIds: readonly string[]): Promise<ErasedLedger> {
    return this.#writes.transaction("erase users from the ledger", async (connection) => ({
      entries: await deleteUsers(connection, "ledger", userIds),
      outcomes: await deleteUsers(connection, "ledger_outcomes", userIds),
    }));
  }

  dropMonthsBefore(day: Day): Promise<ErasedLedger> {
    return this.#writes.transaction("drop months of the ledger", async (connection) => {
      const deleteFrom = async (table: string) =>
        (await connection.run(`DELETE FROM ${table} WHERE month < ${monthNumber(day)}`)).rowsChanged;
      await deleteFrom("ledger_nights");
      return { entries: await deleteFrom("ledger"), outcomes: await deleteFrom("ledger_outcomes") };
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#reads.close()]);
  }
}
