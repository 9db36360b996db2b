import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { StoreDamaged } from "../../failures.ts";

/**
 * The names of actions in their order, each with its number in the user-days. Throws StoreDamaged where a name cannot be read or is missing:
 * it is that of an action of many users, whose histories would all be others without it.
 */
export async function readActionNames(connection: DuckDBConnection): Promise<readonly (readonly [string, number])[]> {
  const result = await connection.run("SELECT name, action FROM action_names ORDER BY name");
  const parsed = rowsSchema.safeParse(await result.getRowsJS());
  // A roll-up numbers them from 0 without gaps, and none is ever deleted.
  const numbers = new Set(parsed.data?.map(([, number]) => number));
  if (parsed.success && parsed.data.every((_, i) => numbers.has(i))) return parsed.data;
  throw new StoreDamaged(
    "Could not read the names of actions: a row of the table action_names is damaged or missing. Restore the data from a backup.",
    { cause: parsed.error },
  );
}

const rowsSchema = z.array(z.tuple([z.string(), z.int().min(0)]));
