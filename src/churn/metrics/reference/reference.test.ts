import { describe, expect, it } from "vitest";
import { prAuc } from "#test/support/pr-auc.ts";
import { auc, rankedAuc } from "../auc.ts";
import { brier, squaredErrors } from "../brier.ts";
import { calibrationError } from "../calibration-error.ts";
import { logLoss, logLosses } from "../log-loss.ts";
import { mean } from "../mean.ts";
import { rankedPrAuc } from "../pr-auc.ts";
import { ranking } from "../ranking.ts";
import reference from "./reference.json" with { type: "json" };

describe(`metrics agree with scikit-learn ${reference.scikitLearn}`, () => {
  const tolerance = 1e-12;

  for (const { name, y, p, counts, metrics, weighted } of reference.cases) {
    it(`on ${name}`, () => {
      expect(Math.abs(auc(y, p) - metrics.auc)).toBeLessThan(tolerance);
      expect(Math.abs(prAuc(y, p) - metrics.prAuc)).toBeLessThan(tolerance);
      expect(Math.abs(logLoss(y, p) - metrics.logLoss)).toBeLessThan(tolerance);
      expect(Math.abs(brier(y, p) - metrics.brier)).toBeLessThan(tolerance);
      expect(Math.abs(calibrationError(y, p) - metrics.ece)).toBeLessThan(tolerance);
    });

    it(`on ${name}, resampled`, () => {
      const ranked = ranking(y, p);
      const rankedCounts = Uint32Array.from(ranked.rows, (row) => counts[row]!);
      expect(Math.abs(rankedAuc(ranked, rankedCounts) - weighted.auc)).toBeLessThan(tolerance);
      expect(Math.abs(rankedPrAuc(ranked, rankedCounts) - weighted.prAuc)).toBeLessThan(tolerance);
      expect(Math.abs(mean(logLosses(y, p), counts) - weighted.logLoss)).toBeLessThan(tolerance);
      expect(Math.abs(mean(squaredErrors(y, p), counts) - weighted.brier)).toBeLessThan(tolerance);
      expect(Math.abs(calibrationError(y, p, { counts: Uint32Array.from(counts) }) - weighted.ece)).toBeLessThan(
        tolerance,
      );
    });
  }
});
