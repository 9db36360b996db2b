import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import { type RiskRule, riskBases } from "#churn/risk-rule.ts";
import type { ComparedSegment, ComparedSegments } from "#churn/segments/compare-rows.ts";
import { disagreements, movesOf } from "#churn/segments/moves.ts";
import { segmentShown, shownSegment } from "../promised/api-schema.ts";
import type { ModelComparison } from "./compare-models.ts";

const shownRule = z.object({ at_risk_from: z.number(), slipping_from: z.number(), by: z.enum(riskBases) });

const byRisk = z.object({ low: z.int(), medium: z.int(), high: z.int() });

const both = { a: shownSegment.describe("Beside recency alone, and less B."), b: shownSegment };

const comparedSegments = {
  all: z.object(both),
  divisions: z.array(z.object({ by: z.string(), parts: z.array(z.object({ name: z.string(), ...both })) })),
};

/** Two versions by the same users. */
export const shownComparison = z.object({
  a: z.string(),
  b: z.string(),
  share: z.number().describe("Of all users, the share that is compared."),
  present: z.string().describe("The day at whose start users are compared."),
  users: z.int().describe("Who are here on it."),
  rules: z.object({ a: shownRule, b: shownRule }).describe("By what each would call users at risk."),
  moves: z
    .object({ low: byRisk, medium: byRisk, high: byRisk })
    .describe("How many users A puts in one class of risk and B in another: first by A, then by B."),
  disagreements: z.array(z.object({ user_id: z.string(), a: z.number(), b: z.number() })),
  at_risk: z.array(
    z.object({
      by: z.string(),
      parts: z.array(z.object({ name: z.string(), users: z.int(), a: z.int(), b: z.int() })),
    }),
  ),
  tested: z
    .object({ snapshots: z.array(z.string()), ...comparedSegments })
    .optional()
    .describe("On test snapshots that neither proof had learned from; absent if there is none."),
  served: z
    .object({ nights: z.array(z.string()), ...comparedSegments })
    .optional()
    .describe("As shown, or scored in shadow; absent while no night that both have scored is judged."),
});

export function comparisonShown(comparison: ModelComparison): z.input<typeof shownComparison> {
  const { a, b, share, present, users, rules, atRisk, tested, served } = comparison;
  return {
    ...{ a: a.version, b: b.version, share, present: formatDay(present), users: users.length },
    rules: { a: ruleShown(rules.a), b: ruleShown(rules.b) },
    moves: movesOf(users),
    disagreements: disagreements(users, 10).map((one) => ({ user_id: one.userId, a: one.a, b: one.b })),
    at_risk: atRisk.map(({ segmentation, bands }) => ({
      by: segmentation.by,
      parts: bands.map((band, i) => ({ name: segmentation.words[i] ?? "", ...band })),
    })),
    tested: tested && { snapshots: tested.snapshots.map(formatDay), ...segmentsShown(tested.segments) },
    served: served && { nights: served.nights.map(formatDay), ...segmentsShown(served.segments) },
  };
}

function ruleShown({ thresholds, by }: RiskRule): z.input<typeof shownRule> {
  return { at_risk_from: thresholds.high, slipping_from: thresholds.medium, by };
}

function segmentsShown({ all, by }: ComparedSegments) {
  return {
    all: bothShown(all),
    divisions: by.map(({ segmentation, bands }) => ({
      by: segmentation.by,
      parts: bands.map((band, i) => ({ name: segmentation.words[i] ?? "", ...bothShown(band) })),
    })),
  };
}

function bothShown({ a, b }: ComparedSegment) {
  return { a: segmentShown(a), b: segmentShown(b) };
}
