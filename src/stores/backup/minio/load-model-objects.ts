import { InvalidInput } from "#churn/failure.ts";
import type { MinioConnection } from "../../connections/minio/connection.ts";
import { MinioObjects } from "../../connections/minio/objects.ts";
import { dataNames } from "../../data-folder.ts";
import type { BackupSource } from "../backup-place.ts";
import type { BackupFile } from "../manifest.ts";

/** Throws InvalidInput if the bucket has a model version or an alias. */
export async function requireNoModels(minio: MinioConnection, advice: string): Promise<void> {
  const [found] = await new MinioObjects(minio).list("churn/");
  if (found !== undefined)
    throw new InvalidInput(`The bucket ${minio.bucket} is not empty: it has ${found}. ${advice}`);
}

/**
 * Writes the objects of the backup and removes all others of models; the bucket keeps former contents as versions. A version's
 * model.json, and the aliases after all versions, come last: what is read meanwhile is whole. Throws StoreUnavailable.
 */
export async function loadModelObjects(
  minio: MinioConnection,
  source: BackupSource,
  files: readonly BackupFile[],
): Promise<void> {
  const objects = new MinioObjects(minio);
  const models = files.filter(({ name }) => name.startsWith(prefix));
  const rank = ({ name }: BackupFile) =>
    name.startsWith(`${prefix}churn/aliases/`) ? 2 : name.endsWith("/model.json") ? 1 : 0;
  for (const file of models.toSorted((a, b) => rank(a) - rank(b)))
    await objects.put(file.name.slice(prefix.length), await source.read(file));
  const restored = new Set(models.map(({ name }) => name.slice(prefix.length)));
  for (const key of await objects.list("churn/")) if (!restored.has(key)) await objects.remove(key);
}

const prefix = `${dataNames.models}/`;
