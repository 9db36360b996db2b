import pc from "picocolors";
import { lapsedWhen } from "#churn/churn-in-words.ts";
import { dayOf } from "#churn/day.ts";
import type { ChurnSettings } from "#churn/definition.ts";
import type { Score } from "#churn/score.ts";
import { nextSteps, stepsOf } from "#local/next-steps.ts";
import { formatCount, formatCounted } from "#pages/format.ts";
import { headline } from "#pages/headline.ts";
import { oneLine } from "#pages/one-line.ts";
import type { Stores } from "#stores/open-stores.ts";
import { textTable } from "../terminal/text-table.ts";

export interface SummaryOptions {
  readonly url: string;
  readonly stores: {
    readonly models: Pick<Stores["models"], "alias" | "manifest">;
    readonly features: Pick<Stores["features"], "topScores" | "currentSet" | "countUsers">;
    readonly actions: Pick<Stores["actions"], "actionFrequencies" | "extent">;
  };
  /** Whether the model in service is loaded. */
  readonly isLoaded: boolean;
  /** Whether requests need a key. */
  readonly isKeyNeeded: boolean;
  readonly churn: ChurnSettings;
  /** Why this churn window; may be empty. */
  readonly because: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is printed once lapse is ready: how good the model is, who is at risk and why, and what to type next. */
export async function summary({
  url,
  stores,
  isLoaded,
  isKeyNeeded,
  churn,
  because,
  now,
}: SummaryOptions): Promise<string> {
  const alias = await stores.models.alias("champion");
  const top = await stores.features.topScores(10);
  const [frequent] = await stores.actions.actionFrequencies(churn.passive);
  const extent = await stores.actions.extent(churn.passive);
  const steps = nextSteps(url, stepsOf(top[0]?.userId, frequent?.action, extent, dayOf(now)), { isKeyNeeded });
  return [
    "",
    `A user has lapsed ${lapsedWhen(churn)} (${because}).`,
    alias === undefined
      ? "No model is in service yet."
      : pc.bold(headline(await stores.models.manifest(alias.version))),
    ...(alias === undefined || isLoaded ? [] : [pc.red(notLoaded(alias.version))]),
    "",
    ...(top.length === 0 ? [] : [`Most at risk now, of ${await usersInWords(stores)}:`, usersTable(top), ""]),
    ...steps.map(({ what, command }) => `${pc.dim(`# ${what}`)}\n${command}`),
    "",
    `${alias === undefined || isLoaded ? "Ready" : "Without predictions"} on ${pc.bold(url)} – open it in a browser. Ctrl-C stops it.`,
  ].join("\n");
}

function notLoaded(version: string): string {
  return `Version ${version} could not be loaded, so that nothing is predicted; the warning in the log says why.`;
}

/** `2,552 users who are here (1,448 have lapsed)` */
async function usersInWords({ features }: Pick<SummaryOptions["stores"], "features">): Promise<string> {
  const set = await features.currentSet();
  const { here, lapsed } = set === undefined ? { here: 0, lapsed: 0 } : await features.countUsers(set.id);
  return `${formatCounted(here, "user")} who ${here === 1 ? "is" : "are"} here (${formatCount(lapsed)} ${lapsed === 1 ? "has" : "have"} lapsed)`;
}

/** The users with their probability of leaving and the main reason in words. */
function usersTable(scores: readonly Score[]): string {
  const rows = scores.map(({ userId, probability, reasons }) => [
    `  ${oneLine(userId, 40)}`,
    `${Math.round(100 * probability)} %`,
    reasons[0]?.sentence ?? "nothing in particular",
  ]);
  return textTable(["  user", "risk", "because"], rows, ["left", "right", "left"]);
}
