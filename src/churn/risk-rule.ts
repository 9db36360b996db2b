import { breakEven } from "./campaign/break-even.ts";
import type { Economics } from "./campaign/how-many.ts";
import type { ModelManifest } from "./model/manifest.ts";

/**
 * What decides from which probability on a user is at risk: the model's own threshold, which the riskiest tenth reached; costs, where
 * a contact just pays; or how many can be contacted. With `no-values`, costs are set, but nothing tells what users are worth, so that the tenth stays.
 */
export const riskBases = ["tenth", "costs", "capacity", "no-values"] as const;
export type RiskBasis = (typeof riskBases)[number];

/** By what the users of one list are called at risk and slipping. */
export interface RiskRule {
  readonly thresholds: ModelManifest["thresholds"];
  readonly by: RiskBasis;
}

/** What a contact costs and brings; for its capacity, see `Economics`. */
export interface Costs {
  /** Undefined where no costs are set: then only the capacity counts. */
  readonly economics: Omit<Economics, "capacity"> | undefined;
  readonly capacity: number | undefined;
  /** What a user who stays is worth; undefined where nothing tells. */
  readonly meanValue: number | undefined;
}

/** Users who are here, all or by chance. */
export interface RiskSample {
  readonly probabilities: ArrayLike<number> & Iterable<number>;
  /** The share of all users who are here that it holds, above 0 and at most 1. */
  readonly share: number;
}

/**
 * From which probability on users are at risk: where contacting a user of mean value just pays, or a higher one that at most as many
 * reach as can be contacted. Without costs, what the riskiest tenth reached when the model was trained.
 * Medium risk begins where the model says, but at most at half of that, so that hysteresis has room.
 */
export function riskRule(model: ModelManifest["thresholds"], costs: Costs, sample: RiskSample): RiskRule {
  const { high, by } = withinCapacity(thresholdByCosts(model, costs), sample, costs.capacity);
  if (high === model.high) return { thresholds: model, by };
  return { thresholds: { high, medium: Math.min(model.medium, high / 2) }, by };
}

/** Beyond every probability, so that no one reaches it; JSON has no infinity. */
export const beyondAll = 2;

/** From which probability on users are at risk, and why. */
interface HighRisk {
  readonly high: number;
  readonly by: RiskBasis;
}

function thresholdByCosts(model: ModelManifest["thresholds"], { economics, meanValue }: Costs): HighRisk {
  if (economics === undefined) return { high: model.high, by: "tenth" };
  if (meanValue === undefined) return { high: model.high, by: "no-values" };
  const threshold = breakEven(meanValue, economics);
  return { high: threshold > 1 ? beyondAll : threshold, by: "costs" };
}

/** How many of a sample may be at risk: of one by chance at least one, since few of many are no one by rounding alone. */
function mostOf(share: number, capacity: number | undefined): number {
  if (capacity === undefined) return Number.POSITIVE_INFINITY;
  return share === 1 ? capacity : Math.max(Math.min(1, capacity), Math.round(capacity * share));
}

/** The same, or the least probability above it that at most `capacity` users reach. */
function withinCapacity(rule: HighRisk, { probabilities, share }: RiskSample, capacity: number | undefined): HighRisk {
  const most = mostOf(share, capacity);
  const reaching = Float64Array.from(probabilities).filter((probability) => probability >= rule.high);
  if (reaching.length <= most) return rule;
  const sorted = reaching.sort().reverse();
  const tooMany = sorted[most] ?? 0;
  // Users of equal risk are all at risk or none is.
  const high = sorted.subarray(0, most).findLast((probability) => probability > tooMany) ?? beyondAll;
  return { high, by: "capacity" };
}
