import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { Audit } from "./audit.ts";

const action = "risk.told";

/** A list of users: of a snapshot, by a version, and by the run of score that made it. */
export interface ToldList extends Pick<ListedUser, "snapshot" | "modelVersion"> {
  readonly run: number;
}

/** Keeps that everyone whose risk a list has changed was told of; the same list again changes nothing. `at` is in milliseconds since the epoch. */
export async function recordTold(
  audit: Pick<Audit, "append">,
  { snapshot, modelVersion, run }: ToldList,
  at: number,
): Promise<void> {
  await audit.append({
    ...{ id: `risk-told-${run}`, at, action, who: "the function changes", from: "changes", target: modelVersion },
    details: { snapshot: formatDay(snapshot), run },
  });
}

const detailsSchema = z.object({ run: z.number() });

/** The run that made the last list of which all was told; undefined if none was since lapse keeps this. */
export async function lastTold(audit: Pick<Audit, "entries">): Promise<number | undefined> {
  for await (const { details } of audit.entries({ action })) {
    const read = detailsSchema.safeParse(details).data;
    if (read !== undefined) return read.run;
  }
  return undefined;
}
