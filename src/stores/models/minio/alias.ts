import { jsonText } from "#churn/json-text.ts";
import type { MinioObjects } from "../../connections/minio/objects.ts";
import { type AliasMove, aliasFile, aliasMoved, moved } from "../alias-file.ts";
import { CorruptModel } from "../failures.ts";
import type { Alias } from "../model-store.ts";

/** Where the alias kept in the object `key` points now; undefined when it was never set. Its ETag is the revision. */
export async function readAlias(objects: MinioObjects, key: string): Promise<Alias | undefined> {
  const object = await objects.read(key);
  if (object === undefined) return undefined;
  const alias = jsonText(aliasFile).safeParse(object.content.toString("utf8"));
  if (!alias.success) throw new CorruptModel(`Could not read the alias of a model: ${key} is damaged`);
  return { ...alias.data, revision: object.etag };
}

/**
 * Points the alias at a version if its revision still is `expected`; of two that try at the same moment one succeeds
 * and the other throws AliasMoved.
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
  // An ETag is the hash of the content. With the one before it in the content, a way there and back has no two alike.
  const content = Buffer.from(JSON.stringify({ ...alias, after: expected }, undefined, 2));
  const revision = await (expected === undefined
    ? objects.create(key, content)
    : objects.replace(key, content, expected));
  if (revision === undefined) throw aliasMoved(move.version);
  return { ...alias, revision };
}
