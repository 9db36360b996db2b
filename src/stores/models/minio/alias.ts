import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import type { MinioObjects, StoredObject } from "../../connections/minio/objects.ts";
import {
  aliasFile,
  aliasIn,
  aliasMoved,
  type Move,
  moved,
  moveIn,
  unlessDamaged,
  unreadableMove,
} from "../alias-file.ts";
import { DamagedAlias } from "../failures.ts";
import type { Alias, AliasMove, AliasName } from "../model-store.ts";

// The object of an alias is its last move. Before a mover replaces it, it records it under its number, which changes
// nothing if that was done before. So each move is either the alias itself or recorded, whenever a mover is killed.

/** The keys of an alias's objects. */
export interface AliasKeys {
  readonly alias: string;
  /** The prefix of its former moves, which are objects 00000001.json, … */
  readonly moves: string;
}

/** Where the alias points now; undefined if it was never set. The revision is the ETag of its object. */
export async function readAlias(objects: MinioObjects, key: string): Promise<Alias | undefined> {
  const object = await objects.read(key);
  return object && aliasIn(parse(object, key), object.etag);
}

/** Every move of the alias, newest first. */
export async function readMoves(name: AliasName, objects: MinioObjects, keys: AliasKeys): Promise<AliasMove[]> {
  // The alias first: a move that takes its place meanwhile has recorded it, and is newer than what was asked for.
  const current = await objects.read(keys.alias);
  if (current === undefined) return [];
  const last = unlessDamagedIn(current, keys.alias);
  const moves = [last === undefined ? unreadableMove(name) : moveIn(name, last)];
  const recorded = await objects.list(keys.moves);
  for (const key of recorded.reverse()) {
    const object = await objects.read(key);
    if (object === undefined) continue;
    const move = unlessDamagedIn(object, key);
    // The alias itself was recorded already, but has not been replaced yet.
    if (last !== undefined && numberIn(key) >= last.number) continue;
    moves.push(move === undefined ? unreadableMove(name) : moveIn(name, move));
  }
  return moves;
}

/**
 * Points the alias at a version if its revision is still `expected`; of two simultaneous calls one succeeds and the
 * other throws AliasMoved.
 */
export async function moveAlias(
  objects: MinioObjects,
  keys: AliasKeys,
  move: Move,
  expected: string | undefined,
): Promise<Alias> {
  const object = await objects.read(keys.alias);
  if (object?.etag !== expected) throw aliasMoved(move.version);
  const file = object && unlessDamagedIn(object, keys.alias);
  const last = object && (file?.number ?? (await numberOfDamaged(objects, keys)));
  // Also what is damaged: the history says that there was a move.
  if (object !== undefined && last !== undefined) await record(objects, keys, last, object.content);
  const next = moved(object && file && aliasIn(file, object.etag), move);
  // An ETag is a hash of the content. With the number of the move in it, it differs even after moving there and back.
  const number = (last ?? 0) + 1;
  const content = Buffer.from(JSON.stringify({ ...next, number }, undefined, 2));
  const revision = await (expected === undefined
    ? objects.create(keys.alias, content)
    : objects.replace(keys.alias, content, expected));
  if (revision === undefined) throw aliasMoved(move.version);
  return aliasIn(next, revision);
}

/** The number of the alias itself, where it cannot be read: it came after the last move that was recorded. */
async function numberOfDamaged(objects: MinioObjects, keys: AliasKeys): Promise<number> {
  const recorded = await objects.list(keys.moves);
  return numberIn(recorded.at(-1) ?? "") + 1;
}

/** The number of a recorded move by its key; 0 for anything else. */
function numberIn(key: string): number {
  return Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
}

async function record(objects: MinioObjects, keys: AliasKeys, number: number, content: Buffer): Promise<void> {
  await objects.create(`${keys.moves}${String(number).padStart(8, "0")}.json`, content);
}

/** `number` counts the moves of an alias; aliases from before they were counted have none. */
const stored = aliasFile.extend({ number: z.int().default(0) });

function parse({ content, etag }: StoredObject, key: string): z.infer<typeof stored> {
  const file = jsonText(stored).safeParse(content.toString("utf8"));
  if (!file.success) throw new DamagedAlias(`Could not read the alias of a model: ${key} is damaged`, etag);
  return file.data;
}

/** Undefined for a file that is damaged. */
function unlessDamagedIn(object: StoredObject, key: string): z.infer<typeof stored> | undefined {
  try {
    return parse(object, key);
  } catch (error) {
    return unlessDamaged(error);
  }
}
