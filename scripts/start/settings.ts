import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { dataNames } from "#stores/data-folder.ts";
import { replaceFile } from "#stores/durable-files.ts";

/** What a data folder remembers from one start to the next. */
const savedSchema = z.object({
  /** Where the actions came from: `synthetic`, `others`, or the names of the logs. */
  sources: z.array(z.string()),
  /** Undefined until the log was read to its end. */
  churn: z
    .object({
      churnDays: z.int().min(1),
      leadDays: z.int().min(0),
      observeDays: z.int().min(1).optional(),
      action: z.string().min(1).optional(),
      returnAction: z.string().min(1).optional(),
      passive: z.array(z.string()).readonly().optional(),
    })
    .optional(),
});

export type SavedSettings = z.infer<typeof savedSchema>;

export const synthetic = "synthetic";
/** Stands for actions that were there before the first start, in a store that others write to. */
export const others = "others";

/** The settings of a data folder; undefined before its first start. Throws InvalidInput when they cannot be read. */
export async function readSettings(dataDir: string): Promise<SavedSettings | undefined> {
  const path = join(dataDir, dataNames.settings);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InvalidInput(`Cannot read ${path}: ${error.message}`, { cause: error });
  });
  if (text === undefined) return undefined;
  try {
    return savedSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidInput(
      `${path} is not what lapse wrote there. Correct it, or remove it to have the settings chosen again.`,
      { cause },
    );
  }
}

export async function writeSettings(dataDir: string, settings: SavedSettings): Promise<void> {
  await replaceFile(join(dataDir, dataNames.settings), `${JSON.stringify(settings, null, 2)}\n`);
}

/** Puts the settings back as they were: `saved` is undefined for a folder that had none. */
export async function restoreSettings(dataDir: string, saved: SavedSettings | undefined): Promise<void> {
  if (saved === undefined) await rm(join(dataDir, dataNames.settings), { force: true });
  else await writeSettings(dataDir, saved);
}

/** Where the actions come from once those of `asked` are stored. */
export function sourcesOf(saved: SavedSettings | undefined, asked: readonly string[]): string[] {
  return [...new Set([...(saved?.sources ?? []), ...asked])];
}

/** What was asked for on the command line or by the environment; the rest is remembered or chosen from the log. */
export interface AskedChurn {
  readonly churnDays?: number | undefined;
  readonly leadDays?: number | undefined;
  readonly observeDays?: number | undefined;
  /** Null to forget what is remembered. */
  readonly action?: string | null | undefined;
  readonly returnAction?: string | null | undefined;
  readonly passive?: readonly string[] | null | undefined;
}

/** Which actions leaving, returning and passive ones are: asked for, else remembered. */
export function churnActionsOf(
  asked: AskedChurn,
  saved: ChurnSettings | undefined,
): Pick<ChurnSettings, "action" | "returnAction" | "passive"> {
  const either = <Value>(given: Value | null | undefined, kept: Value | undefined) =>
    given === undefined ? kept : (given ?? undefined);
  const action = either(asked.action, saved?.action);
  return {
    action,
    // Without the one, the other has no meaning.
    returnAction:
      asked.action === null ? (asked.returnAction ?? undefined) : either(asked.returnAction, saved?.returnAction),
    passive: either(asked.passive, saved?.passive),
  };
}

/** Asked for, else remembered, else suggested. What features look back on is remembered with its churn window only. */
export function churnOf(asked: AskedChurn, saved: ChurnSettings | undefined, suggestedDays: number): ChurnSettings {
  const churnDays = asked.churnDays ?? saved?.churnDays ?? suggestedDays;
  const kept = churnDays === saved?.churnDays ? saved.observeDays : undefined;
  return {
    churnDays,
    leadDays: asked.leadDays ?? saved?.leadDays ?? 0,
    observeDays: asked.observeDays ?? kept,
    ...churnActionsOf(asked, saved),
  };
}
