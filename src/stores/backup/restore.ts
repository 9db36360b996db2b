import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import type { Connections } from "../connections/connections.ts";
import { dataNames } from "../data-folder.ts";
import { isErrorCode } from "../durable-files.ts";
import { StoreDamaged } from "../failures.ts";
import type { BackupSource } from "./backup-place.ts";
import { type BackupManifest, parseBackupManifest } from "./manifest.ts";
import { abandonStaging, beginStaging, commitStaging, stagingName } from "./staged-folder.ts";

export interface RestoreOptions {
  /** Whether what the stores hold now may be replaced. */
  readonly replace: boolean;
  /** What stays in the data folder in any case. */
  readonly kept: readonly string[];
}

/**
 * Makes the stores what they were when the backup was taken. The whole backup is checked before anything is changed; the data
 * folder is replaced whole or not at all. Throws InvalidInput for a backup that is damaged or of other stores, and for stores that
 * are not empty unless `replace` is set.
 */
export async function restore(on: Connections, source: BackupSource, options: RestoreOptions): Promise<BackupManifest> {
  const manifest = parseBackupManifest(await source.manifest(), source.name);
  requireSameStores(on, manifest, source);
  for (const file of manifest.files) await source.check(file);
  if (manifest.snapshot !== undefined) {
    const { requireSnapshot } = await import("./elasticsearch/snapshot.ts");
    await requireSnapshot(await on.elasticsearch(), manifest.snapshot);
  }
  const { dataDir, elasticsearch, minio } = on.options;
  const isDataHere = elasticsearch === undefined;
  if (isDataHere) await requireUnused(on);
  if (!options.replace) await requireEmpty(on);

  if (isDataHere || minio === undefined) {
    const staging = await beginStaging(dataDir);
    try {
      for (const file of manifest.files)
        if (isDataHere || file.name.startsWith(`${dataNames.models}/`))
          await source.copyTo(file, join(staging, file.name));
      if (isDataHere) await requireSound(join(staging, dataNames.database), manifest, source);
    } catch (error) {
      await abandonStaging(dataDir);
      throw error;
    }
  }
  if (!isDataHere && manifest.snapshot !== undefined) {
    const { restoreSnapshot } = await import("./elasticsearch/snapshot.ts");
    await restoreSnapshot(await on.elasticsearch(), manifest.snapshot);
  } else if (!isDataHere) {
    const { loadIndexFiles } = await import("./elasticsearch/load-index-files.ts");
    await loadIndexFiles(await on.elasticsearch(), source, manifest.files);
  }
  if (minio !== undefined) {
    const { loadModelObjects } = await import("./minio/load-model-objects.ts");
    await loadModelObjects(await on.minio(), source, manifest.files);
  }
  if (isDataHere) await commitStaging(dataDir, options.kept);
  else if (minio === undefined)
    await commitStaging(
      dataDir,
      (await namesIn(dataDir)).filter((name) => name !== dataNames.models),
    );
  return manifest;
}

function requireSameStores(on: Connections, { data, models }: BackupManifest, { name }: BackupSource): void {
  const { elasticsearch, minio } = on.options;
  const refuse = (kind: string, advice: string) => {
    throw new InvalidInput(`${name} is a backup of ${kind}: ${advice}.`);
  };
  if (data === "elasticsearch" && elasticsearch === undefined) refuse("Elasticsearch", "set ELASTICSEARCH_URL");
  if (data === "duckdb" && elasticsearch !== undefined) refuse("the embedded store", "unset ELASTICSEARCH_URL");
  if (models === "minio" && minio === undefined) refuse("models in MinIO", "set MINIO_URL");
  if (models === "directory" && minio !== undefined) refuse("models in a folder", "unset MINIO_URL");
}

/** Throws StoreUnavailable while another process has the database open. */
async function requireUnused(on: Connections): Promise<void> {
  const names = await namesIn(on.options.dataDir);
  if (!names.includes(dataNames.database)) return;
  // The image, which restores to servers, has no DuckDB.
  const { openDuckDb } = await import("../connections/duckdb/database.ts");
  try {
    await (await openDuckDb(on.folder(dataNames.database))).close();
  } catch (error) {
    // What is damaged is what a restore is for.
    if (!(error instanceof StoreDamaged)) throw error;
  }
}

async function requireEmpty(on: Connections): Promise<void> {
  const { dataDir, elasticsearch, minio } = on.options;
  const advice = "Restore to another place, or give --replace to put the backup in its place.";
  const here = elasticsearch === undefined ? dataDir : minio === undefined ? on.folder(dataNames.models) : undefined;
  if (here !== undefined && (await hasFiles(here))) throw new InvalidInput(`${here} is not empty. ${advice}`);
  if (elasticsearch !== undefined) {
    const { requireNoDocuments } = await import("./elasticsearch/load-index-files.ts");
    await requireNoDocuments(await on.elasticsearch(), advice);
  }
  if (minio !== undefined) {
    const { requireNoModels } = await import("./minio/load-model-objects.ts");
    await requireNoModels(await on.minio(), advice);
  }
}

/** Throws InvalidInput unless the database can be read to its end and holds as many rows as were copied. */
async function requireSound(path: string, { contents }: BackupManifest, { name }: BackupSource): Promise<void> {
  const { openDuckDb } = await import("../connections/duckdb/database.ts");
  const database = await openDuckDb(path);
  try {
    await database.verify();
    for (const [table, rows] of await database.countRows())
      if (contents[table] !== rows)
        throw new InvalidInput(`The backup ${name} is damaged: ${table} has not as many rows as it had.`);
  } finally {
    await database.close();
  }
}

async function hasFiles(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(none);
  for (const entry of entries) {
    if (entry.name === stagingName) continue;
    if (entry.isFile() || (entry.isDirectory() && (await hasFiles(join(folder, entry.name))))) return true;
  }
  return false;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(none);
}

function none(error: unknown): [] {
  if (isErrorCode(error, "ENOENT")) return [];
  throw error;
}
