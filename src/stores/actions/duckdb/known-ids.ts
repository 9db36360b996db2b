import { type DuckDBConnection, DuckDBUIntegerVector } from "@duckdb/node-api";
import * as z from "zod";
import { columnOf, readRows } from "../../connections/duckdb/read.ts";
import { IdFilter } from "./id-filter.ts";
import { type ActionRows, idBytes } from "./rows.ts";

/**
 * Which actions may be stored already, month by month, so that new ones need no search. A month is read when an action of it
 * comes for the first time, which takes about 50 ms for a million; from then on it is told of each that is stored. What was erased
 * may remain: it is then searched for in vain.
 */
export class KnownIds {
  /** Undefined for a month that there is no memory for: all its actions are searched for. */
  readonly #filters = new Map<number, IdFilter | undefined>();
  readonly #mostBytes: number;

  /** `mostBytes` is what all filters may take; 64 MB are enough for 15 to 30 million actions. */
  constructor(mostBytes = 64 * 1024 ** 2) {
    this.#mostBytes = mostBytes;
  }

  /** The rows among `rows` that may be stored already: all that are, and hardly any others. */
  async suspects(connection: DuckDBConnection, { actions, ids, months }: ActionRows): Promise<number[]> {
    for (const month of new Set(months)) await this.#learn(connection, month);
    const suspects: number[] = [];
    for (let row = 0; row < actions.length; row++) {
      const filter = this.#filters.get(months[row] ?? 0);
      const [first, second] = wordsOf(ids, row);
      if (filter === undefined || filter.mayHold(first, second)) suspects.push(row);
    }
    return suspects;
  }

  /** To be told before they are stored: a write that fails may have stored them. */
  add({ actions, ids, months }: ActionRows): void {
    for (let row = 0; row < actions.length; row++) {
      const [first, second] = wordsOf(ids, row);
      this.#filters.get(months[row] ?? 0)?.add(first, second);
    }
  }

  /** To be told where others were stored than those that were added. */
  forget(): void {
    this.#filters.clear();
  }

  async #learn(connection: DuckDBConnection, month: number): Promise<void> {
    if (this.#filters.has(month) && this.#filters.get(month)?.isFull !== true) return;
    this.#filters.delete(month);
    const count = await countOf(connection, month);
    const hasRoom = this.#makeRoom(IdFilter.bytesFor(count), month);
    this.#filters.set(month, hasRoom ? await filterOf(connection, month, count) : undefined);
  }

  /** Gives up months before `month`, the oldest first: a log that is sent in later must not cost the present one its filter. */
  #makeRoom(bytes: number, month: number): boolean {
    for (;;) {
      const held = [...this.#filters].filter(([, filter]) => filter !== undefined);
      if (held.reduce((sum, [, filter]) => sum + (filter?.bytes ?? 0), bytes) <= this.#mostBytes) return true;
      const oldest = Math.min(...held.map(([number]) => number));
      if (oldest > month || held.length === 0) return false;
      this.#filters.set(oldest, undefined);
    }
  }
}

/** The two halves of an identity's lower half. */
function wordsOf(ids: Buffer, row: number): readonly [number, number] {
  return [ids.readUInt32LE(row * idBytes), ids.readUInt32LE(row * idBytes + 4)];
}

async function countOf(connection: DuckDBConnection, month: number): Promise<number> {
  const result = await connection.run(`SELECT count(*)::DOUBLE FROM actions WHERE month = ${month}`);
  const [row] = await readRows(result, z.tuple([z.number()]));
  return row?.[0] ?? 0;
}

async function filterOf(connection: DuckDBConnection, month: number, count: number): Promise<IdFilter> {
  const filter = new IdFilter(count);
  const result = await connection.stream(`
    SELECT (id_low & 4294967295)::UINTEGER, (id_low >> 32)::UINTEGER FROM actions WHERE month = ${month}`);
  for await (const chunk of result) {
    const [firsts, seconds] = [columnOf(chunk, 0, DuckDBUIntegerVector), columnOf(chunk, 1, DuckDBUIntegerVector)];
    for (let row = 0; row < chunk.rowCount; row++) filter.add(firsts.getItem(row) ?? 0, seconds.getItem(row) ?? 0);
  }
  return filter;
}
