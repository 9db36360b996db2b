import { InvalidInput } from "#churn/failure.ts";
import type { Connections } from "../connections/connections.ts";
import type { MinioObjects } from "../connections/minio/objects.ts";
import type { BackupSource, BackupTarget } from "./backup-place.ts";
import { FolderSource } from "./folder-source.ts";
import { FolderTarget } from "./folder-target.ts";

/** Whether a place for backups is in a bucket, `s3://BUCKET/PREFIX`, rather than a folder. */
export function isInBucket(place: string): boolean {
  return place.startsWith("s3://");
}

/**
 * Begins a backup in a new folder or, on the server of the models, with a new prefix. Throws InvalidInput if there is something already. Once
 * `signal` is aborted, writing to a folder fails.
 */
export async function openTarget(on: Connections, place: string, signal?: AbortSignal): Promise<BackupTarget> {
  if (!isInBucket(place)) return FolderTarget.begin(place, signal);
  const { BucketTarget } = await import("./minio/bucket-target.ts");
  const { objects, prefix } = await bucketOf(on, place);
  return BucketTarget.begin(objects, prefix, place);
}

/** The backup in a folder, or in a bucket on the server of the models. */
export async function openSource(on: Connections, place: string): Promise<BackupSource> {
  if (!isInBucket(place)) return new FolderSource(place);
  const { BucketSource } = await import("./minio/bucket-source.ts");
  const { objects, prefix } = await bucketOf(on, place);
  return new BucketSource(objects, prefix, place);
}

async function bucketOf(on: Connections, place: string): Promise<{ objects: MinioObjects; prefix: string }> {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*[^/])\/*$/.exec(place) ?? [];
  if (bucket === undefined || prefix === undefined)
    throw new InvalidInput(`${place} is not of the form s3://BUCKET/NAME.`);
  if (on.options.minio === undefined) throw new InvalidInput(`Set MINIO_URL to the server that has ${place}.`);
  const { MinioObjects } = await import("../connections/minio/objects.ts");
  return { objects: new MinioObjects({ ...(await on.minio()), bucket }), prefix: `${prefix}/` };
}
