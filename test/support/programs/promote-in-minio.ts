import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { connectMinio } from "#stores/connections/minio/connection.ts";
import { AliasMoved } from "#stores/models/failures.ts";
import { MinioModelStore } from "#stores/models/minio/model-store.ts";
import { exampleNote } from "../example-note.ts";
import { connectionJson } from "../temporary-bucket.ts";

// Started several times by model-store.server-test.ts of MinIO: moves the champion `attempts` times in a race with the
// other processes. Prints how each attempt ended, and of a move the revisions before and after.

const args = z.tuple([jsonText(connectionJson), z.string(), z.coerce.number()]);
const [connection, version, attempts] = args.parse(process.argv.slice(2));
const store = MinioModelStore.open(connectMinio({ ...connection, random: Math.random }), { now: Date.now });

for (let attempt = 0; attempt < attempts; attempt++) {
  const current = await store.alias("champion");
  try {
    const { revision } = await store.moveAlias("champion", version, current?.revision, exampleNote);
    process.stdout.write(`moved ${current?.revision ?? "nothing"} ${revision}\n`);
  } catch (error) {
    if (!(error instanceof AliasMoved)) throw error;
    process.stdout.write("AliasMoved\n");
  }
}
