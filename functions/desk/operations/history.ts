import { risksTold } from "#runtime/event-kinds.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { rejectedPrefix } from "#stores/audit/import-entry.ts";
import type { DeskServices } from "../services.ts";

/** What functions have recorded of themselves, the newest first. */
export interface OwnHistory {
  /** At most 40. */
  readonly runs: readonly Run[];
  /** Logs that were imported, the newest first, at most 20. */
  readonly imports: readonly Import[];
  /** Actions that ingest refused in the last 30 days, by the field that was wrong. */
  readonly rejected: ReadonlyMap<string, number>;
  /** Of the last 30 measurements. */
  readonly drift: readonly DriftOf[];
}

export interface Run {
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly name: string;
  /** The type of the event that it was for. */
  readonly cause: string;
  readonly hasFailed: boolean;
  readonly seconds: number | undefined;
  readonly details: NonNullable<AuditEntry["details"]>;
}

export interface Import {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly name: string;
  readonly created: number;
  readonly known: number;
  /** Lines that were left out, by the reason. */
  readonly rejected: readonly (readonly [reason: string, count: number])[];
}

export interface DriftOf {
  readonly at: number;
  readonly version: string;
  /** Population stability index of the probabilities; undefined where it could not be told. */
  readonly probability: number | undefined;
  /** Of the features that have drifted most, by name. */
  readonly features: readonly (readonly [feature: string, psi: number])[];
}

/** The population stability index from which on drift is to be looked into (docs/model.md). */
export const driftThreshold = 0.25;

const mostRuns = 40;
const mostMeasurements = 30;
const mostImports = 20;
const rejectedDays = 30;

export async function ownHistory({ audit, now }: Pick<DeskServices, "audit" | "now">): Promise<OwnHistory> {
  const [runs, drift, imports] = await Promise.all([
    newestRuns(audit.entries({ action: "run" })),
    newest(audit.entries({ action: "drift" }), mostMeasurements),
    newest(audit.entries({ action: "actions.imported" }), mostImports),
  ]);
  const rejected = new Map<string, number>();
  const from = now() - rejectedDays * 86_400_000;
  for await (const { details = {} } of audit.entries({ action: "actions.rejected", from }))
    for (const [reason, count] of Object.entries(details))
      rejected.set(reason, (rejected.get(reason) ?? 0) + (numberIn(count) ?? 0));
  return { runs, imports: imports.map(importOf), rejected, drift: drift.map(driftOf) };
}

/** A run in parts, each of which asks for the next one, is one run: it is told of by its last part. */
export async function newestRuns(entries: AsyncIterable<AuditEntry>): Promise<Run[]> {
  const found: Run[] = [];
  for await (const entry of entries) {
    const run = runOf(entry);
    // Its last part is the one that was found last of that function: entries go from the newest to the oldest.
    const isPart = run.details.followed_by === risksTold.type;
    const last = isPart ? found.findLastIndex(({ name }) => name === run.name) : -1;
    const whole = found[last];
    if (whole !== undefined) found[last] = { ...whole, seconds: (whole.seconds ?? 0) + (run.seconds ?? 0) };
    else if (found.length === mostRuns) break;
    else found.push(run);
  }
  return found;
}

/** The first `most` entries: they come from the newest to the oldest. */
export async function newest(entries: AsyncIterable<AuditEntry>, most: number): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of entries) {
    found.push(entry);
    if (found.length === most) break;
  }
  return found;
}

function runOf({ at, target = "", from, action, details = {} }: AuditEntry): Run {
  const { seconds, ...others } = details;
  return {
    ...{ at, name: target, cause: from, hasFailed: action === "run.failed", details: others },
    seconds: numberIn(seconds),
  };
}

function importOf({ at, target = "", details = {} }: AuditEntry): Import {
  const rejected = Object.entries(details).flatMap(([name, count]): [string, number][] =>
    name.startsWith(rejectedPrefix) && typeof count === "number" ? [[name.slice(rejectedPrefix.length), count]] : [],
  );
  return { at, name: target, created: numberIn(details.created) ?? 0, known: numberIn(details.known) ?? 0, rejected };
}

/** What an entry of the monitor tells. */
export function driftOf({ at, target = "", details = {} }: AuditEntry): DriftOf {
  const features = Object.entries(details).flatMap(([name, psi]): [string, number][] =>
    name.startsWith("feature ") && typeof psi === "number" ? [[name.slice("feature ".length), psi]] : [],
  );
  return { at, version: target, probability: numberIn(details.probability), features };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
