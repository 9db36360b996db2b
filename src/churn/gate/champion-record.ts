import { type Day, parseDay } from "../day.ts";
import type { ModelManifest } from "../model/manifest.ts";

/** What a champion was put into service with. */
export interface ChampionRecord {
  readonly version: string;
  /** In its own test. */
  readonly logLoss: number;
  /** The newest snapshot of that test. */
  readonly judgedOn: Day;
  /** Whether it was proved better than the plain rate and than recency alone, or is from before that was asked. */
  readonly isProved: boolean;
}

export function recordOf({ version, test, decision }: ModelManifest): ChampionRecord {
  const days = test.snapshots.map((snapshot) => parseDay(snapshot) ?? Number.NEGATIVE_INFINITY);
  const peers = (decision.checks ?? []).filter(({ check }) => check !== "champion");
  return {
    version,
    logLoss: test.logLoss.value,
    judgedOn: Math.max(...days),
    isProved: peers.every(({ passed }) => passed),
  };
}
