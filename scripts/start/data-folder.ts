import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
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
  const saved = await readSettings(dataDir);
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

async function moveAside(dataDir: string, name: string): Promise<string> {
  const target = join(dataDir, "aside", name);
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(dataDir)) {
    if (entry !== "aside") await rename(join(dataDir, entry), join(target, entry));
  }
  return target;
}
