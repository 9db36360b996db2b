import type { Evaluation, ModelManifest } from "./manifest.ts";

/** How good a model is on users that it had not seen; null for what is not known. */
export interface Quality {
  readonly auc: number;
  readonly logLoss: number;
  readonly brier: number | null;
  readonly ece: number | null;
}

/** On a snapshot (ISO date); what its users did in the churn window after it is known. */
export interface DatedQuality extends Quality {
  readonly snapshot: string;
}

/** Beside that of simpler rules on the same users; without them where snapshots that look broken were left out. */
export interface RecentQuality extends DatedQuality {
  readonly peers: { readonly [peer: string]: Quality };
}

/** How good a model was in the test that it was published with. */
export function testQuality({ test }: Pick<ModelManifest, "test">): DatedQuality {
  return { snapshot: test.snapshots.toSorted().at(-1) ?? "", ...qualityOf(test) };
}

/** How good simpler rules were in the same test; empty for versions from before they were judged. */
export function peerQualities({ peers }: Pick<ModelManifest, "peers">): { readonly [peer: string]: Quality } {
  return peers === undefined ? {} : { recency: qualityOf(peers.recency), plain_rate: qualityOf(peers.plainRate) };
}

function qualityOf({ auc, logLoss, brier, ece }: Evaluation): Quality {
  return { auc: auc.value, logLoss: logLoss.value, brier: brier.value, ece: ece.value };
}

/**
 * How good the champion is on the newest users whose outcome is known. Each training judges the champion again beside its
 * own model, on the last snapshot with an outcome; a model that was refused, the challenger, holds what came of that.
 * Where the last one trained is the champion itself, its own test is the newest.
 */
export function recentQuality(champion: ModelManifest, challenger: ModelManifest | undefined): RecentQuality {
  const own = testQuality(champion);
  const itself = { ...own, peers: peerQualities(champion) };
  if (challenger?.decision.champion !== champion.version) return itself;
  const { championAuc, championLogLoss, championBrier = null, championEce = null, judged } = challenger.decision;
  const { snapshot } = testQuality(challenger);
  if (championAuc === null || championLogLoss === null || snapshot < own.snapshot) return itself;
  return {
    ...{ snapshot, auc: championAuc, logLoss: championLogLoss, brier: championBrier, ece: championEce },
    peers: judged === undefined ? peerQualities(challenger) : {},
  };
}
