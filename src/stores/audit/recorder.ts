import type { Audit, AuditEntry } from "./audit.ts";

/** What a person does. */
export type Act = Pick<AuditEntry, "action" | "target" | "reason" | "details">;

/** Who does it, and from where. */
export type Actor = Pick<AuditEntry, "who" | "from">;

/**
 * Does something, with a record of it that no crash can lose: that it has begun is recorded first, as ACTION.begun, and then
 * how it ended, as ACTION or ACTION.failed. Nothing is done where the audit cannot be written to. `told` adds what is known
 * only at the end. Rejects as `perform` does, and with StoreUnavailable if the end may not have been recorded.
 */
export type Recorder = <Result>(
  act: Act,
  perform: () => Promise<Result>,
  told?: (result: Result) => Partial<Act>,
) => Promise<Result>;

export interface RecorderOptions {
  readonly audit: Pick<Audit, "append">;
  readonly actor: Actor;
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function recorderOf({ audit, actor, newId, now }: RecorderOptions): Recorder {
  return async (act, perform, told) => {
    const begun = newId();
    await audit.append({ id: begun, at: now(), ...actor, ...act, action: `${act.action}${begunSuffix}` });
    const end = (entry: Act) =>
      audit.append({ id: newId(), at: now(), ...actor, ...entry, details: { ...entry.details, begun } });
    const result = await perform().catch(async (error: unknown) => {
      // That it failed tells more than that this could not be recorded: then it stays begun.
      await end({ ...act, action: `${act.action}${failedSuffix}` }).catch(() => undefined);
      throw error;
    });
    const more = told?.(result) ?? {};
    await end({ ...act, ...more, details: { ...act.details, ...more.details } });
    return result;
  };
}

const begunSuffix = ".begun";
const failedSuffix = ".failed";

/** Whether an entry says that something has begun, of which another tells how it ended unless there was a crash. */
export function isBeginning({ action }: AuditEntry): boolean {
  return action.endsWith(begunSuffix);
}

/** Entries without those of beginnings whose end is there; `entries` go from the newest to the oldest. */
export async function* withoutEnded(entries: AsyncIterable<AuditEntry>): AsyncIterable<AuditEntry> {
  const ended = new Set<unknown>();
  for await (const entry of entries) {
    const { begun, ...details } = entry.details ?? {};
    if (begun !== undefined) ended.add(begun);
    if (isBeginning(entry) && ended.delete(entry.id)) continue;
    yield begun === undefined ? entry : { ...entry, details };
  }
}

/** What people did, as they are shown it: without what functions record of themselves, and as withoutEnded. */
export async function* actsOfPeople(entries: AsyncIterable<AuditEntry>): AsyncIterable<AuditEntry> {
  for await (const entry of withoutEnded(entries)) if (!isOfFunctions(entry)) yield entry;
}

/** Runs, drift, actions that were refused, and the thresholds and the telling of lists. */
function isOfFunctions({ action }: AuditEntry): boolean {
  return ["run.", "drift.", "actions.", "thresholds.", "risk."].some((begin) => action.startsWith(begin));
}
