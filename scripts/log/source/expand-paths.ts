import { stat } from "node:fs/promises";
import * as z from "zod";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";

/**
 * The files that paths and globs (`logs/*.csv.gz`, `**`) stand for, each once, in the order given and by name within a
 * glob. Throws NotFound where one stands for no file, and InvalidInput for a directory.
 */
export async function expandPaths(paths: readonly string[], scratch: Scratch): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) files.push(...(await expand(path, scratch)));
  return [...new Set(files)];
}

async function expand(path: string, scratch: Scratch): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory())
    throw new InvalidInput(`Cannot read ${path}: it is a directory. Name a file in it, or several: '${path}/*.csv'.`);
  // A file of that very name comes first, also where its name has a glob's characters.
  if (stats !== undefined || !globCharacters.test(path)) return [path];
  const found = await scratch.rows(`SELECT file FROM glob(${literal(path)}) ORDER BY file`, z.tuple([z.string()]));
  if (found.length === 0) throw new NotFound(`Cannot read ${path}: no file matches.`);
  return found.map(([file]) => file);
}

/** What DuckDB takes for a pattern in the name of a file. */
export const globCharacters = /[*?[\]{}]/;
