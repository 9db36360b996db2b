import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { isThere, syncDirectory, writeDurably } from "../durable-files.ts";

/** What is being restored, in the data folder: on the same disk, also where the folder is a mounted volume. */
export const stagingName = "restoring";

// new/ is filled and checked first. Then `ready` says that it takes the place of what is there: all of that moves to old/, `moved` says
// so, and new/ moves out. Whenever the process is killed, the next one sees from the two how far it came, and goes on.

/**
 * An empty folder in which to prepare what `dataDir` is to hold. An earlier restore that had begun to replace is finished, and what
 * another has prepared is removed.
 */
export async function beginStaging(dataDir: string): Promise<string> {
  await finishStaging(dataDir);
  await abandonStaging(dataDir);
  const incoming = join(dataDir, stagingName, "new");
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  return incoming;
}

/** Removes what was prepared. */
export async function abandonStaging(dataDir: string): Promise<void> {
  await rm(join(dataDir, stagingName), { recursive: true, force: true });
}

/** Puts what was prepared in the place of what is there, except `kept`; that is kept aside until this is done. */
export async function commitStaging(dataDir: string, kept: readonly string[]): Promise<void> {
  const staging = join(dataDir, stagingName);
  await syncDirectory(join(staging, "new"));
  await writeDurably(join(staging, "ready"), JSON.stringify(kept));
  await syncDirectory(staging);
  await finishStaging(dataDir);
}

/** Whether a restore was cut short after it had begun to replace what is there. */
export async function isStagingUnfinished(dataDir: string): Promise<boolean> {
  return isThere(join(dataDir, stagingName, "ready"));
}

/** Ends what `commitStaging` began, if it was cut short. Safe to repeat. */
export async function finishStaging(dataDir: string): Promise<void> {
  if (!(await isStagingUnfinished(dataDir))) return;
  const staging = join(dataDir, stagingName);
  const [incoming, old] = [join(staging, "new"), join(staging, "old")];
  if (!(await isThere(join(staging, "moved")))) {
    await mkdir(old, { recursive: true, mode: 0o700 });
    for (const name of await replacedIn(dataDir, staging)) await rename(join(dataDir, name), join(old, name));
    await writeDurably(join(staging, "moved"), "");
    await syncDirectory(staging);
  }
  for (const name of await readdir(incoming)) await rename(join(incoming, name), join(dataDir, name));
  await syncDirectory(dataDir);
  // The mark last: until then all of this is done again.
  await rm(old, { recursive: true, force: true });
  await rm(join(staging, "ready"));
  await rm(staging, { recursive: true, force: true });
}

async function replacedIn(dataDir: string, staging: string): Promise<string[]> {
  const kept = new Set([stagingName, ...keptSchema.parse(await readFile(join(staging, "ready"), "utf8"))]);
  return (await readdir(dataDir)).filter((name) => !kept.has(name));
}

const keptSchema = jsonText(z.array(z.string()));
