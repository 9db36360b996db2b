import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { ToldThrough } from "../users/user-list.ts";
import type { Audit } from "./audit.ts";

const action = "risk.told";
const begunAction = `${action}.begun`;

/** A list of users: of a snapshot, by a version, and by the run of score that made it. */
export interface ToldList extends Pick<ListedUser, "snapshot" | "modelVersion"> {
  readonly run: number;
}

/**
 * Keeps that telling of a list begins, before anything of it is told; the same list again changes nothing. `at` is in milliseconds since
 * the epoch.
 */
export async function recordTelling(audit: Pick<Audit, "append">, list: ToldList, at: number): Promise<void> {
  await audit.append({ ...entryOf(list, at), id: begunId(list), action: begunAction });
}

/** Keeps that everyone whose risk a list has changed was told of, likewise. */
export async function recordTold(audit: Pick<Audit, "append">, list: ToldList, at: number): Promise<void> {
  const entry = entryOf(list, at);
  await audit.append({
    ...{ ...entry, id: `risk-told-${list.run}`, action },
    details: { ...entry.details, begun: begunId(list) },
  });
}

function begunId({ run }: ToldList): string {
  return `risk-told-${run}-begun`;
}

function entryOf({ snapshot, modelVersion, run }: ToldList, at: number) {
  const details = { snapshot: formatDay(snapshot), run };
  return { at, who: "the function changes", from: "changes", target: modelVersion, details };
}

const detailsSchema = z.object({ run: z.number(), snapshot: z.string() });

/**
 * The entries that are read, some weeks' worth: the newest by the clock need not be of the latest list, as a clock may have been ahead.
 */
const mostEntries = 100;

/** Of which lists others were told; undefined if of none since lapse keeps this. */
export async function toldThrough(audit: Pick<Audit, "entries">): Promise<ToldThrough | undefined> {
  let [whole, begun] = [0, 0];
  for await (const { run, isWhole } of newestTellings(audit)) {
    begun = Math.max(begun, run);
    if (isWhole) whole = Math.max(whole, run);
  }
  return begun === 0 ? undefined : { whole, begun };
}

/** Whether others were told to its end of a list of the same snapshot that an earlier run made. */
export async function wasToldBefore(
  audit: Pick<Audit, "entries">,
  { snapshot, run }: Pick<ToldList, "snapshot" | "run">,
): Promise<boolean> {
  const day = formatDay(snapshot);
  for await (const told of newestTellings(audit))
    if (told.isWhole && told.snapshot === day && told.run < run) return true;
  return false;
}

/** The newest tellings, those that only began included. */
async function* newestTellings(audit: Pick<Audit, "entries">) {
  let entries = 0;
  for await (const entry of audit.entries({ action })) {
    const { data } = detailsSchema.safeParse(entry.details);
    if (data !== undefined) yield { ...data, isWhole: entry.action === action };
    entries += 1;
    if (entries === mostEntries) return;
  }
}
