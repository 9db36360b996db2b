import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { dataNames } from "#stores/data-folder.ts";
import { others, readSettings, type SavedSettings, synthetic, writeSettings } from "./settings.ts";

/** Where the settings of a log in Elasticsearch are kept, apart from those of the log in `dataDir` itself. */
export async function serverLogFolder(dataDir: string, server: { url: string; prefix: string }): Promise<string> {
  const name = `${new URL(server.url).host}-${server.prefix}`.replace(/[^a-z0-9.-]+/gi, "-");
  const folder = join(dataDir, dataNames.servers, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Like prepareDataFolder, for a log in Elasticsearch: others may write to it, so it is not moved aside, and actions that are
 * already there count as a log. Throws InvalidInput if two logs would be combined without `add`.
 */
export async function prepareServerLog(
  folder: string,
  asked: readonly string[],
  add: boolean,
  actions: Pick<ActionStore, "rollUp" | "extent">,
): Promise<SavedSettings | undefined> {
  const saved = (await readSettings(folder)) ?? (await foundLog(folder, actions));
  if (saved === undefined || asked.length === 0 || asked.some((source) => saved.sources.includes(source))) return saved;
  const isSynthetic = saved.sources.includes(synthetic);
  if (add && !isSynthetic) return saved;
  throw new InvalidInput(
    `Elasticsearch already has the actions of ${saved.sources.join(", ")} under this prefix. Keep ${asked.join(", ")} apart with another ELASTICSEARCH_PREFIX${isSynthetic ? "" : ", or combine both with --add"}.`,
  );
}

/** Undefined for a log without actions. */
async function foundLog(
  folder: string,
  actions: Pick<ActionStore, "rollUp" | "extent">,
): Promise<SavedSettings | undefined> {
  await actions.rollUp();
  if ((await actions.extent()) === undefined) return undefined;
  const settings = { sources: [others] };
  await writeSettings(folder, settings);
  return settings;
}
