import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataNames } from "../data-folder.ts";
import { absent } from "../durable-files.ts";
import type { BackupTarget } from "./backup-place.ts";

/**
 * What else is in a data folder and belongs to its log, and who may send requests. Each file is written whole or only added to, so that it
 * can be read at any time.
 */
const singleFiles = [dataNames.audit, dataNames.settings, dataNames.keys, dataNames.keyUses];

/** Adds the files beside the database: audit, settings, hashes of keys, dead letters. Returns how many of each there were. */
export async function addLocalFiles(
  dataDir: string,
  target: BackupTarget,
): Promise<{ readonly deadLetters: number; readonly keys: boolean }> {
  let keys = false;
  for (const name of singleFiles) {
    const content = await readFile(join(dataDir, name)).catch(absent);
    if (content === undefined) continue;
    await target.write(name, name === dataNames.audit ? wholeLines(content) : content);
    keys ||= name === dataNames.keys;
  }
  let deadLetters = 0;
  for (const name of await filesIn(join(dataDir, dataNames.deadLetters))) {
    if (name.includes("/") || !name.endsWith(".json")) continue;
    // It may have been replayed in the meantime.
    const content = await readFile(join(dataDir, dataNames.deadLetters, name)).catch(absent);
    if (content === undefined) continue;
    await target.write(`${dataNames.deadLetters}/${name}`, content);
    deadLetters += 1;
  }
  return { deadLetters, keys };
}

/** Adds the files that describe or are model versions, with their aliases and history. Returns how many versions there were. */
export async function addModelFiles(models: string, target: BackupTarget): Promise<number> {
  const read = async (names: readonly string[]) => {
    for (const name of names) {
      const content = await readFile(join(models, name)).catch(absent);
      if (content !== undefined) await target.write(`${dataNames.models}/${name}`, content);
    }
  };
  const isOfAlias = (name: string) => name.startsWith("churn/aliases/");
  // The aliases first: each version that they name is there by then, and the list of versions is read after them.
  await read((await filesIn(models)).filter(isOfAlias));
  const versions = (await filesIn(models)).filter((name) => !isOfAlias(name));
  await read(versions);
  return versions.filter((name) => name.endsWith("/model.json")).length;
}

/** Names relative to `folder`, without those that begin with a dot, which are unfinished; none if there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? [];
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isFile()) names.push(entry.name);
    if (entry.isDirectory())
      for (const name of await filesIn(join(folder, entry.name))) names.push(`${entry.name}/${name}`);
  }
  return names.sort();
}

/** Without an entry that is being added. */
function wholeLines(content: Buffer): Buffer {
  return content.subarray(0, content.lastIndexOf("\n") + 1);
}
