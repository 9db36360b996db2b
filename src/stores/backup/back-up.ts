import { InvalidInput } from "#churn/failure.ts";
import type { Connections } from "../connections/connections.ts";
import { dataNames } from "../data-folder.ts";
import type { BackupTarget } from "./backup-place.ts";
import { addLocalFiles, addModelFiles } from "./local-files.ts";
import { type BackupManifest, manifestText } from "./manifest.ts";

/** What a backup holds, and what to know of it. */
export interface BackedUp {
  readonly contents: BackupManifest["contents"];
  readonly bytes: number;
  /** Whether hashes of API keys are in it. */
  readonly keys: boolean;
  /** The snapshot that has the documents of Elasticsearch, if they are not among the files. */
  readonly snapshot?: BackupManifest["snapshot"];
}

export interface BackUpOptions {
  /** The version of this program. */
  readonly lapse: string;
  /** A snapshot repository of Elasticsearch, which is to copy its documents by itself. */
  readonly repository?: string | undefined;
  /** Ends the backup, of which nothing is left. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes everything that the stores hold to `target`, while they are read and written: all actions that were acknowledged before this
 * was called. The data come before the models, so that every version that they name is there. Throws a Failure, and then leaves nothing behind.
 */
export async function backUp(on: Connections, target: BackupTarget, options: BackUpOptions): Promise<BackedUp> {
  const takenAt = new Date(on.now()).toISOString();
  const { elasticsearch, minio } = on.options;
  try {
    const data = await (elasticsearch === undefined
      ? addEmbedded(on, target, options)
      : addIndices(on, target, takenAt, options));
    const versions = await (minio === undefined
      ? addModelFiles(on.folder(dataNames.models), target)
      : addObjects(on, target));
    const contents = { ...data.contents, versions };
    const { files } = target;
    await target.finish(
      manifestText({
        lapse: options.lapse,
        takenAt,
        data: elasticsearch === undefined ? "duckdb" : "elasticsearch",
        models: minio === undefined ? "directory" : "minio",
        contents,
        files: [...files],
        snapshot: data.snapshot,
      }),
    );
    return { ...data, contents, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  } catch (error) {
    await target.abandon();
    throw error;
  }
}

type AddedData = Omit<BackedUp, "bytes">;

async function addEmbedded(on: Connections, target: BackupTarget, { repository }: BackUpOptions): Promise<AddedData> {
  if (repository !== undefined) throw new InvalidInput("Only data in Elasticsearch can go to a snapshot repository.");
  const database = await on.duckDb();
  let rows: ReadonlyMap<string, number> = new Map();
  await target.make(dataNames.database, async (path) => {
    rows = await database.copyTo(path);
  });
  const { deadLetters, keys } = await addLocalFiles(on.options.dataDir, target);
  return { contents: { ...Object.fromEntries(rows), "dead letters": deadLetters }, keys };
}

async function addIndices(
  on: Connections,
  target: BackupTarget,
  takenAt: string,
  { repository }: BackUpOptions,
): Promise<AddedData> {
  if (repository !== undefined) {
    const { takeSnapshot } = await import("./elasticsearch/snapshot.ts");
    return { contents: {}, keys: false, snapshot: await takeSnapshot(await on.elasticsearch(), repository, takenAt) };
  }
  const { addIndexFiles } = await import("./elasticsearch/add-index-files.ts");
  return { contents: await addIndexFiles(await on.elasticsearch(), target), keys: false };
}

async function addObjects(on: Connections, target: BackupTarget): Promise<number> {
  const { addModelObjects } = await import("./minio/add-model-objects.ts");
  return addModelObjects(await on.minio(), target);
}
