/** What a user was on a list. */
export const risksThen = ["low", "medium", "high", "lapsed"] as const;
export type RiskThen = (typeof risksThen)[number];

/** How a user's risk has changed: from now on at risk, no more at risk, or lost. */
export type RiskChange = "entered" | "left" | "lapsed";

/**
 * How a user's risk has changed by the newest list, if it has; `before` is what they were on the lists before it, in the order
 * of time. At risk is from the first high on until the first low: a user who goes to and fro between high and medium has
 * not changed (hysteresis, with the threshold of medium risk as the lower one).
 */
export function riskChange(before: readonly RiskThen[], now: RiskThen): RiskChange | undefined {
  const wasAtRisk = isAtRisk(before);
  if (now === "high") return wasAtRisk ? undefined : "entered";
  if (now === "medium" || !wasAtRisk) return undefined;
  return now === "low" ? "left" : "lapsed";
}

function isAtRisk(risks: readonly RiskThen[]): boolean {
  return risks.findLast((risk) => risk !== "medium") === "high";
}
