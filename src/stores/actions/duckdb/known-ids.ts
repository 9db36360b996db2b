import { type DuckDBConnection, DuckDBUIntegerVector } from "@duckdb/node-api";
import * as z from "zod";
import { columnOf, readRows } from "../../connections/duckdb/read.ts";
import { IdFilter } from "./id-filter.ts";
import { type ActionRows, idBytes } from "./rows.ts";

/** Actions come of one or two months, and now and then of another. */
const mostMonths = 4;
/** A month of more has a filter of over 60 MB, and is searched each time. */
const mostIds = 15_000_000;

/**
 * Which actions may be stored already, month by month, so that new ones need no search. A month is read when an action of it
 * comes for the first time, which takes about 50 ms for a million; from then on it is told of each that is stored. What was erased
 * may remain: it is then searched for in vain.
 */
export class KnownIds {
  /** Undefined for a month with too many. Those used last come last. */
  readonly #filters = new Map<number, IdFilter | undefined>();

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
    const known = this.#filters.get(month);
    const isUsable = this.#filters.has(month) && known?.isFull !== true;
    const filter = isUsable ? known : await filterOf(connection, month);
    this.#filters.delete(month);
    this.#filters.set(month, filter);
    const [oldest] = this.#filters.keys();
    if (this.#filters.size > mostMonths && oldest !== undefined) this.#filters.delete(oldest);
  }
}

/** The two halves of an identity's lower half. */
function wordsOf(ids: Buffer, row: number): readonly [number, number] {
  return [ids.readUInt32LE(row * idBytes), ids.readUInt32LE(row * idBytes + 4)];
}

async function filterOf(connection: DuckDBConnection, month: number): Promise<IdFilter | undefined> {
  const counted = await connection.run(`SELECT count(*)::DOUBLE FROM actions WHERE month = ${month}`);
  const [count] = await readRows(counted, z.tuple([z.number()]));
  const expected = count?.[0] ?? 0;
  if (expected > mostIds) return undefined;
  const filter = new IdFilter(expected);
  const result = await connection.stream(`
    SELECT (id_low & 4294967295)::UINTEGER, (id_low >> 32)::UINTEGER FROM actions WHERE month = ${month}`);
  for await (const chunk of result) {
    const [firsts, seconds] = [columnOf(chunk, 0, DuckDBUIntegerVector), columnOf(chunk, 1, DuckDBUIntegerVector)];
    for (let row = 0; row < chunk.rowCount; row++) filter.add(firsts.getItem(row) ?? 0, seconds.getItem(row) ?? 0);
  }
  return filter;
}
