import { type DuckDBConnection, INTEGER, LIST, listValue, UBIGINT } from "@duckdb/node-api";
import * as z from "zod";
import { readRows } from "../../connections/duckdb/read.ts";
import { isSameContent } from "../same-content.ts";
import { type ActionRows, idHigh, idLow } from "./rows.ts";

const stored = z.tuple([z.bigint(), z.bigint(), z.int(), z.string(), z.string(), z.number(), z.number().nullable()]);

/** Those of the rows that are duplicates whose content is not that of the stored action with the same id. */
export async function differingRows(
  connection: DuckDBConnection,
  rows: ActionRows,
  duplicates: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  // Without an id of its own an action is identified by its content.
  const named = [...duplicates].filter((row) => rows.actions[row]?.eventId !== undefined);
  if (named.length === 0) return new Set();
  const months = named.map((row) => rows.months[row] ?? 0);
  const result = await connection.run(
    `SELECT id_high, id_low, month, user_id, action, time, value FROM actions
     WHERE month BETWEEN $1 AND $2 AND id_low IN (SELECT unnest($3))`,
    [
      months.reduce((a, b) => Math.min(a, b)),
      months.reduce((a, b) => Math.max(a, b)),
      listValue(named.map((row) => idLow(rows, row))),
    ],
    [INTEGER, INTEGER, LIST(UBIGINT)],
  );
  const found = new Map(
    (await readRows(result, stored)).map(([high, low, month, userId, action, time, value]) => [
      `${high} ${low} ${month}`,
      { userId, action, time, value: value ?? undefined },
    ]),
  );
  return new Set(
    named.filter((row) => {
      const [action, kept] = [
        rows.actions[row],
        found.get(`${idHigh(rows, row)} ${idLow(rows, row)} ${rows.months[row]}`),
      ];
      return action !== undefined && kept !== undefined && !isSameContent(action, kept);
    }),
  );
}
