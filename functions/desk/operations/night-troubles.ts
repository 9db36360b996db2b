import type { DeskServices } from "../services.ts";
import { type DriftOf, driftOf, driftThreshold, newest, newestRuns, type Run } from "./history.ts";

/** What functions have recorded of themselves that a person should look into. */
export interface NightTroubles {
  /** Of each function whose last run failed, that run, the newest first. */
  readonly failed: readonly Run[];
  /** The newest measurement, if the probabilities have drifted. */
  readonly drift: DriftOf | undefined;
}

/** Reads them from the newest runs, as many as Operations shows. A run that failed and then succeeded when it was tried again is none. */
export async function nightTroubles({ audit }: Pick<DeskServices, "audit">): Promise<NightTroubles> {
  const [runs, [measured]] = await Promise.all([
    newestRuns(audit.entries({ action: "run" })),
    newest(audit.entries({ action: "drift" }), 1),
  ]);
  const last = new Map<string, Run>();
  for (const run of runs) if (!last.has(run.name)) last.set(run.name, run);
  const drift = measured && driftOf(measured);
  return {
    failed: [...last.values()].filter(({ hasFailed }) => hasFailed),
    drift: (drift?.probability ?? 0) >= driftThreshold ? drift : undefined,
  };
}
