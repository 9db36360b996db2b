import * as z from "zod";
import { json } from "../json.ts";
import { connectMinio } from "../minio/connection.ts";
import { connectionJson } from "../minio/temporary-bucket.ts";
import { exampleArtifact } from "./example-artifact.ts";
import { MinioRegistry } from "./minio-registry.ts";

// Started by minio-registry.server-test.ts, which kills it on the way.

const args = z.tuple([json(connectionJson), z.string(), z.string()]);
const [connection, version, making] = args.parse(process.argv.slice(2));
await MinioRegistry.open(connectMinio(connection), { now: Date.now }).publish(exampleArtifact(version, making));
