import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { connectMinio } from "#stores/connections/minio/connection.ts";
import { MinioModelStore } from "#stores/models/minio/model-store.ts";
import { exampleArtifact } from "../example-artifact.ts";
import { connectionJson } from "../temporary-bucket.ts";

// Started by model-store.server-test.ts of MinIO, which kills it halfway.

const args = z.tuple([jsonText(connectionJson), z.string(), z.string()]);
const [connection, version, making] = args.parse(process.argv.slice(2));
await MinioModelStore.open(connectMinio({ ...connection, random: Math.random }), { now: Date.now }).publish(
  exampleArtifact(version, making),
);
