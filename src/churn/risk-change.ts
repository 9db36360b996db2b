import { risks } from "./score.ts";

/** What a user was on a list. */
export const risksThen = [...risks, "lapsed"] as const;
export type RiskThen = (typeof risksThen)[number];

/** How a user's risk has changed: from now on at risk, no more at risk, or lost. */
export type RiskChange = "entered" | "left" | "lapsed";

/**
 * Whether a user is at risk who is `risk` on a list, and was at risk on the list before or not. At risk is from the first high on
 * until the first low: a user who goes to and fro between high and medium has not changed (hysteresis, with the threshold of
 * medium risk as the lower one).
 */
export function isAtRisk(risk: RiskThen, wasAtRisk: boolean): boolean {
  return risk === "high" || (risk === "medium" && wasAtRisk);
}
