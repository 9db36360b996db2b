import { jsonText } from "#churn/json-text.ts";
import type { MinioObjects } from "../../connections/minio/objects.ts";
import { type AliasMove, aliasFile, aliasMoved, moved } from "../alias-file.ts";
import { CorruptModel } from "../failures.ts";
import type { Alias } from "../model-store.ts";

/** Where the alias in the object `key` points now; undefined if it was never set. The revision is its ETag. */
export async function readAlias(objects: MinioObjects, key: string): Promise<Alias | undefined> {
  const object = await objects.read(key);
  if (object === undefined) return undefined;
  const alias = jsonText(aliasFile).safeParse(object.content.toString("utf8"));
  if (!alias.success) throw new CorruptModel(`Could not read the alias of a model: ${key} is damaged`);
  return { ...alias.data, revision: object.etag };
}

/**
 * Points the alias at a version if its revision is still `expected`; of two simultaneous calls one succeeds and the
 * other throws AliasMoved.
 */
export async function moveAlias(
  objects: MinioObjects,
  key: string,
  move: AliasMove,
  expected: string | undefined,
): Promise<Alias> {
  const current = await readAlias(objects, key);
  if (current?.revision !== expected) throw aliasMoved(move.version);
  const alias = moved(current, move);
  // An ETag is a hash of the content. Containing the previous one, it differs even after moving there and back.
  const content = Buffer.from(JSON.stringify({ ...alias, after: expected }, undefined, 2));
  const revision = await (expected === undefined
    ? objects.create(key, content)
    : objects.replace(key, content, expected));
  if (revision === undefined) throw aliasMoved(move.version);
  return { ...alias, revision };
}
