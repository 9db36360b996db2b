import type { MinioConnection } from "./connection.ts";
import { available, isRefusal } from "./minio-failure.ts";

/**
 * Creates the bucket if missing, turns on versioning, and lets old drafts of model versions expire. Safe to repeat;
 * needs an administrator's rights. Throws StoreUnavailable.
 */
export async function setUpMinio(connection: MinioConnection): Promise<void> {
  const { client, bucket, region } = connection;
  await available(`create the bucket ${bucket}`, connection, async () => {
    try {
      await client.makeBucket(bucket, region);
    } catch (error) {
      if (!isRefusal(error, "BucketAlreadyOwnedByYou")) throw error;
    }
  });
  await available(`turn versioning on for the bucket ${bucket}`, connection, () =>
    client.setBucketVersioning(bucket, { Status: "Enabled" }),
  );
  await available(`set what expires in the bucket ${bucket}`, connection, () => expireDrafts(connection));
}

/** A draft is needed until its version is published, at the latest by the next delivery of the same event. */
async function expireDrafts({ client, bucket }: MinioConnection): Promise<void> {
  if (await hasLifecycle({ client, bucket })) return;
  await client.setBucketLifecycle(bucket, {
    Rule: [
      {
        ID: "lapse-drafts",
        Status: "Enabled",
        Filter: { Prefix: "drafts/" },
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
    ],
  });
}

/** Existing rules are left as they are. */
async function hasLifecycle({ client, bucket }: Pick<MinioConnection, "client" | "bucket">): Promise<boolean> {
  try {
    await client.getBucketLifecycle(bucket);
    return true;
  } catch (error) {
    if (isRefusal(error, "NoSuchLifecycleConfiguration")) return false;
    throw error;
  }
}
