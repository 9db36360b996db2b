import type { MinioConnection } from "../../connections/minio/connection.ts";
import { MinioObjects } from "../../connections/minio/objects.ts";
import { dataNames } from "../../data-folder.ts";
import type { BackupTarget } from "../backup-place.ts";

/**
 * Adds the objects of all model versions, their aliases and the moves of these. Returns how many versions there were. Throws
 * StoreUnavailable.
 */
export async function addModelObjects(minio: MinioConnection, target: BackupTarget): Promise<number> {
  const objects = new MinioObjects(minio);
  const add = async (keys: readonly string[]) => {
    for (const key of keys) {
      const object = await objects.read(key);
      if (object !== undefined) await target.write(`${dataNames.models}/${key}`, object.content);
    }
  };
  const aliases = "churn/aliases/";
  // The aliases before the list of versions: each version that they name is there by then. And an alias before its moves: one that takes
  // its place meanwhile has recorded it.
  const first = await objects.list(aliases);
  await add(first.filter((key) => !key.startsWith(`${aliases}moves/`)));
  await add(await objects.list(`${aliases}moves/`));
  const versions = (await objects.list("churn/")).filter((key) => !key.startsWith(aliases));
  await add(versions);
  return versions.filter((key) => key.endsWith("/model.json")).length;
}
