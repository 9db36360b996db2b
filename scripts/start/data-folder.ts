import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import { readSettings, type SavedSettings, synthetic } from "./settings.ts";

/**
 * Makes a data folder ready for a log (undefined: for whatever it holds), and answers what it remembers. A synthetic log
 * never mixes with a real one: it is moved aside, whole. Two real logs are put together only where `add` asks for that.
 * Throws InvalidInput otherwise.
 */
export async function prepareDataFolder(
  dataDir: string,
  log: string | undefined,
  add: boolean,
  now: number,
): Promise<SavedSettings | undefined> {
  await mkdir(dataDir, { recursive: true }).catch((cause: Error) => {
    throw new InvalidInput(`Cannot make the folder ${dataDir}: ${cause.message}`, { cause });
  });
  const saved = await readSettings(dataDir);
  if (saved === undefined || log === undefined || saved.sources.includes(log)) return saved;
  if (saved.sources.includes(synthetic)) {
    const folder = await moveAside(dataDir, `${synthetic}-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}`);
    console.log(`The synthetic log was moved aside, to ${folder}.`);
    return undefined;
  }
  if (add) return saved;
  throw new InvalidInput(
    `${dataDir} holds the actions of ${saved.sources.join(", ")}. Keep ${log} apart with --data FOLDER, or put both together with --add.`,
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
