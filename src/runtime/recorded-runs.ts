import { failureInAudit } from "#churn/failure.ts";
import { shortHash } from "#churn/short-hash.ts";
import type { LapseEvent } from "./events.ts";
import type { EventHandler } from "./function-definition.ts";

/** What a function did for one event, as the audit keeps it: no user is named. */
export interface RunEntry {
  readonly id: string;
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly action: "run.ended" | "run.failed";
  readonly who: string;
  readonly from: string;
  /** The function's name. */
  readonly target: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

export interface RunRecording {
  readonly audit: { append(entry: RunEntry): Promise<void> };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The same handler, each run of which is kept with how long it took, and with the numbers of the event that it returns or the kind of
 * its failure. Of a run in slices, whose last slice returns an event of the time when the run began, that is how long all of it took.
 * If that slice is delivered again, nothing is added. A run that returns nothing is kept only if `always` says so: it had nothing to do, or was one part of many. A run that
 * cannot be recorded is none that failed.
 */
export function recordedRuns<Event extends LapseEvent, Services>(
  name: string,
  handle: EventHandler<Event, Services>,
  { always = false }: { readonly always?: boolean } = {},
): EventHandler<Event, Services & RunRecording> {
  return async (event, services, fields) => {
    const began = services.now();
    const record = (action: RunEntry["action"], details: RunEntry["details"], answer?: LapseEvent) => {
      const at = services.now();
      const start = Math.min(began, Date.parse(answer?.time ?? "") || began);
      // The same whenever a run in slices ends again: the audit keeps the first entry of an id.
      const identity =
        answer !== undefined && start < began ? [answer.source, answer.id] : [event.source, event.id, at];
      const id = `run-${shortHash([name, ...identity], 32)}`;
      const seconds = Math.round((at - start) / 100) / 10;
      const entry = { id, at, action, who: `the function ${name}`, from: event.type.slice(0, 1_000), target: name };
      return services.audit.append({ ...entry, details: { ...details, seconds } }).catch(() => undefined);
    };
    try {
      const answer = await handle(event, services, fields);
      if (answer !== undefined || always) await record("run.ended", detailsOf(answer), answer);
      return answer;
    } catch (error) {
      await record("run.failed", { failure: failureInAudit(error) });
      throw error;
    }
  };
}

/** The numbers and names in the event that follows; what lists users in it is no number. */
function detailsOf(answer: LapseEvent | undefined): RunEntry["details"] {
  if (answer === undefined) return {};
  const { data } = answer;
  const members = typeof data === "object" && data !== null ? Object.entries(data) : [];
  const told = members.filter(
    (member): member is [string, string | number] =>
      (typeof member[1] === "string" && member[1] !== "") || Number.isFinite(member[1]),
  );
  return {
    ...Object.fromEntries(told.map(([key, value]) => [key, typeof value === "string" ? value.slice(0, 500) : value])),
    followed_by: answer.type,
  };
}
