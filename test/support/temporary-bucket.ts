import { randomUUID } from "node:crypto";
import * as z from "zod";
import { connectMinio, type MinioConnection, type MinioOptions } from "#stores/connections/minio/connection.ts";
import { setUpMinio } from "#stores/connections/minio/set-up.ts";

export interface TemporaryBucket {
  readonly options: MinioOptions;
  readonly connection: MinioConnection;
  /** Removes the bucket and everything that was ever in it. */
  remove(): Promise<void>;
}

/** A TemporaryBucket's options, as a test passes them to a process that it starts. */
export const connectionJson = z.object({
  url: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  bucket: z.string(),
  timeoutMilliseconds: z.number(),
});

/** The options of a connection to the MinIO of the tests, except the bucket. */
export function testServer(): Omit<MinioOptions, "bucket"> {
  const env = z
    .object({ MINIO_URL: z.url(), MINIO_ACCESS_KEY: z.string().min(1), MINIO_SECRET_KEY: z.string().min(1) })
    .parse(process.env);
  return {
    url: env.MINIO_URL,
    accessKey: env.MINIO_ACCESS_KEY,
    secretKey: env.MINIO_SECRET_KEY,
    timeoutMilliseconds: 10_000,
    random: Math.random,
  };
}

/** A bucket of its own for a test, set up as in production, on the MinIO that MINIO_URL names. */
export async function makeTemporaryBucket(): Promise<TemporaryBucket> {
  const options = { ...testServer(), bucket: `lapse-test-${randomUUID()}` };
  const connection = connectMinio(options);
  await setUpMinio(connection);
  return { options, connection, remove: () => removeBucket(connection) };
}

async function removeBucket({ client, bucket }: MinioConnection): Promise<void> {
  for (;;) {
    const objects: { name: string; versionId: string }[] = [];
    for await (const { name, versionId } of client.listObjects(bucket, "", true, { IncludeVersion: true })) {
      objects.push({ name, versionId });
      // The client cannot ask for a second page of versions: it signs its marker wrongly.
      if (objects.length === 1000) break;
    }
    if (objects.length === 0) break;
    await client.removeObjects(bucket, objects);
  }
  await client.removeBucket(bucket);
}
