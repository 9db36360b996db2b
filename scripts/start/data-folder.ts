import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import { finishStaging } from "#stores/backup/staged-folder.ts";
import { databaseIn } from "#stores/connections/connections.ts";
import { dataNames } from "#stores/data-folder.ts";
import { removeAbandoned } from "#stores/durable-files.ts";
import { socketFolderName } from "../call/socket-path.ts";
import { readSettings, type SavedSettings, synthetic } from "./settings.ts";

/**
 * Prepares a data folder for a log, by the names of its files (none: for what is already there), and returns its saved
 * settings. A synthetic log never mixes with a real one: it is moved to a folder aside. Two real logs are combined only
 * if `add` is set, and files are of one log if one of them is stored already; otherwise this throws InvalidInput.
 */
export async function prepareDataFolder(
  dataDir: string,
  log: readonly string[],
  add: boolean,
  now: number,
): Promise<SavedSettings | undefined> {
  await mkdir(dataDir, { recursive: true }).catch((cause: Error) => {
    throw new InvalidInput(`Cannot create the folder ${dataDir}: ${cause.message}`, { cause });
  });
  await finishStaging(dataDir);
  await removeAbandoned(dataDir, now);
  const saved = await readSettings(dataDir);
  if (saved?.churn !== undefined && log.length === 0) await requireDatabase(dataDir, saved);
  if (saved === undefined || log.length === 0 || log.some((source) => saved.sources.includes(source))) return saved;
  if (saved.sources.includes(synthetic)) {
    const folder = await moveAside(dataDir, `${synthetic}-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}`);
    console.log(`The synthetic log was moved to ${folder}.`);
    return undefined;
  }
  if (add) return saved;
  throw new InvalidInput(
    `${dataDir} already has the actions of ${saved.sources.join(", ")}. Keep ${log.join(", ")} apart with --data FOLDER, or combine both with --add.`,
  );
}

/** Throws InvalidInput if the actions that the settings tell of are gone. */
async function requireDatabase(dataDir: string, { sources }: SavedSettings): Promise<void> {
  const path = databaseIn(dataDir);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new InvalidInput(
    `${join(dataDir, dataNames.settings)} tells of the actions of ${sources.join(", ")}, but their database ${path} is missing. Restore it from a backup; or give the log again (--log FILE); or remove ${dataNames.settings} to begin anew.`,
  );
}
/** Who may send requests, who did what, and what was chosen for logs in Elasticsearch, does not depend on the log. */
const staying = new Set<string>([
  dataNames.aside,
  dataNames.servers,
  socketFolderName,
  dataNames.audit,
  dataNames.keys,
  dataNames.keyUses,
]);

async function moveAside(dataDir: string, name: string): Promise<string> {
  const target = join(dataDir, dataNames.aside, name);
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(dataDir)) {
    if (!staying.has(entry)) await rename(join(dataDir, entry), join(target, entry));
  }
  return target;
}
