import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { ImportedLog } from "#stores/audit/import-entry.ts";
import { importedLogOf } from "../log/imported-log.ts";
import type { Log } from "../log/log.ts";
import type { LogChoice } from "../log/open-log.ts";
import { type SuggestedWindow, suggestWindow } from "../suggest-window.ts";
import { faultOfOptions } from "../terminal/churn-options.ts";
import { WrongUse } from "../terminal/options.ts";
import type { StartFlags } from "./flags.ts";
import { importStep } from "./import-step.ts";
import {
  churnActionsOf,
  churnOf,
  others,
  restoreSettings,
  type SavedSettings,
  sourcesOf,
  synthetic,
  writeSettings,
} from "./settings.ts";

export interface FilledLog {
  readonly churn: ChurnSettings;
  /** Why this churn window, in words. */
  readonly because: string;
  /** Whether there is anything new to learn from: actions, or another definition. */
  readonly isChanged: boolean;
}

export interface FillOptions {
  readonly flags: StartFlags;
  /** Where the settings of the log are kept. */
  readonly folder: string;
  readonly saved: SavedSettings | undefined;
  /** The log that was asked for; undefined without one. */
  readonly opened: Log | undefined;
  readonly actions: ActionStore;
  /** Keeps what became of the lines of a log. */
  readonly record: (log: ImportedLog) => Promise<void>;
  readonly now: () => number;
}

/**
 * Imports the log that was asked for, or the synthetic one where there is nothing yet, and settles the churn definition.
 * What it is of is written down first, so that a start that was cut short is taken up by the next one; a log of which
 * nothing could be stored leaves no trace.
 */
export async function fillLog({ flags, folder, saved, opened, actions, record, now }: FillOptions): Promise<FilledLog> {
  const asked = askedSources(flags.choice);
  const kinds = churnActionsOf(flags.churn, saved?.churn);
  const fault = faultOfOptions(kinds);
  if (fault !== undefined) throw new WrongUse(fault);
  const sources = sourcesOf(saved, asked);
  if (sources.length === 0) sources.push(synthetic);
  else if (asked.length === 0 && saved?.churn === undefined) requireWhole(sources);

  let created = 0;
  if (asked.length > 0 || (saved?.churn === undefined && sources.includes(synthetic))) {
    await writeSettings(folder, { sources, churn: saved?.churn });
    const log = opened ?? (await (await import("../log/tell-log.ts")).tellLog(flags.choice, flags.options, now()));
    try {
      const report = await importStep(log, actions, now);
      created = report.created;
      // What is stored is stored: that it could not be told of must not undo the start.
      await record(importedLogOf(log.name, report)).catch((error: Error) =>
        console.error(`The import is not on the page of operations: ${error.message}`),
      );
    } catch (error) {
      await forget(folder, saved, actions);
      throw error;
    } finally {
      await log.close();
    }
  }
  const given = flags.churn.churnDays ?? saved?.churn?.churnDays;
  if (given === undefined) await actions.rollUp();
  const suggested = given === undefined ? await suggestWindow(actions, kinds) : undefined;
  const churn = churnOf(flags.churn, saved?.churn, suggested?.days ?? given ?? 0);
  await writeSettings(folder, { sources, churn });
  return {
    churn,
    because: becauseOf(suggested, flags.churn.churnDays),
    isChanged: created > 0 || JSON.stringify(churn) !== JSON.stringify(saved?.churn),
  };
}

/** What settings call the log that is asked for; empty without one. */
export function askedSources({ files, git }: LogChoice): readonly string[] {
  return files ?? (git === undefined ? [] : [git]);
}

/** Throws InvalidInput for logs of which only a part may have been read. */
function requireWhole(sources: readonly string[]): void {
  const cut = sources.filter((source) => source !== synthetic && source !== others);
  if (cut.length === 0) return;
  throw new InvalidInput(
    `The import of ${cut.join(", ")} was cut short: start once more with the same --log or --git.`,
  );
}

/** Puts the settings back as they were when nothing of the log was stored. */
async function forget(folder: string, saved: SavedSettings | undefined, actions: ActionStore): Promise<void> {
  await actions.rollUp();
  if ((await actions.extent()) !== undefined) return;
  await restoreSettings(folder, saved);
}

function becauseOf(suggested: SuggestedWindow | undefined, asked: number | undefined): string {
  if (suggested === undefined && asked !== undefined) return "as asked for";
  return [suggested?.because, "--churn-days changes it"].filter((part) => part !== undefined).join("; ");
}
