import { once } from "node:events";
import * as z from "zod";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { AliasMoved } from "#stores/models/failures.ts";
import { exampleNote } from "../example-note.ts";

// Started twice by model-store.test.ts of the directory: moves the champion again and again, in a race with the other
// process, until it was moved `rounds` times in all. Prints how each attempt ended.

const [directory, version, rounds] = z.tuple([z.string(), z.string(), z.coerce.number()]).parse(process.argv.slice(2));
const store = await DirectoryModelStore.open(directory, { now: Date.now });

// Neither process begins before the other has started, however slow that is.
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();

for (;;) {
  const current = await store.alias("champion");
  if (Number(current?.revision ?? 0) >= rounds) break;
  try {
    await store.moveAlias("champion", version, current?.revision, exampleNote);
    process.stdout.write("moved\n");
  } catch (error) {
    if (!(error instanceof AliasMoved)) throw error;
    process.stdout.write("AliasMoved\n");
  }
}
