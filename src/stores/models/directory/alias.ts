import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonText } from "#churn/json-text.ts";
import { createFile, isErrorCode, isNoFile } from "../../durable-files.ts";
import {
  type AliasFile,
  aliasFile,
  aliasIn,
  aliasMoved,
  damaged,
  type Move,
  moved,
  moveIn,
  unlessDamaged,
  unreadableMove,
} from "../alias-file.ts";
import { DamagedAlias } from "../failures.ts";
import type { Alias, AliasMove, AliasName } from "../model-store.ts";

// An alias is a directory of files 00000001.json, 00000002.json, …: one for each move, the last of which counts. A move
// creates the next number, which only one of two processes can do, without a lock that a crash could leave behind. The
// files are the history of what served when.

/** Where the alias in `directory` points now; undefined if it was never set. */
export async function readAlias(directory: string): Promise<Alias | undefined> {
  const revision = (await revisions(directory)).at(-1);
  return revision === undefined ? undefined : aliasIn(await readMove(directory, revision), revision);
}

/** Every move of the alias in `directory`, newest first. */
export async function readMoves(alias: AliasName, directory: string): Promise<AliasMove[]> {
  const moves = await Promise.all(
    (await revisions(directory)).map((revision) => readMove(directory, revision).catch(unlessDamaged)),
  );
  return moves.map((move) => (move === undefined ? unreadableMove(alias) : moveIn(alias, move))).reverse();
}

/**
 * Points the alias at a version if its revision is still `expected`; of two simultaneous calls one succeeds and the
 * other throws AliasMoved.
 */
export async function moveAlias(directory: string, move: Move, expected: string | undefined): Promise<Alias> {
  const current = await readAlias(directory).catch((error: unknown) => damaged(error, expected));
  if (current !== "damaged" && current?.revision !== expected) throw aliasMoved(move.version);
  const revision = String(Number(expected ?? 0) + 1).padStart(8, "0");
  const file = moved(current === "damaged" ? undefined : current, move);
  const isFirst = await createFile(join(directory, `${revision}.json`), JSON.stringify(file, undefined, 2));
  if (!isFirst) throw aliasMoved(move.version);
  return aliasIn(file, revision);
}

async function readMove(directory: string, revision: string): Promise<AliasFile> {
  const damage = () => new DamagedAlias(`Could not read the alias of a model: ${revision}.json is damaged`, revision);
  const text = await readFile(join(directory, `${revision}.json`), "utf8").catch((error: unknown) => {
    throw isNoFile(error) ? damage() : error;
  });
  const file = jsonText(aliasFile).safeParse(text);
  if (!file.success) throw damage();
  return file.data;
}

/** In ascending order. */
async function revisions(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    const found = names.flatMap((name) => /^(\d{8,15})\.json$/.exec(name)?.[1] ?? []);
    return found.sort((a, b) => Number(a) - Number(b));
  } catch (error) {
    if (isErrorCode(error, "ENOENT")) return [];
    throw error;
  }
}
