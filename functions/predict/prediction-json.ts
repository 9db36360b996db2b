import type { Outcome } from "./predict.ts";

/**
 * The V1 `predictions` as JSON text: `{user_id?, probability, risk, model_version}` each, or `{user_id?, error}`.
 * Written by hand because it is the hot path; a probability is finite, and a version needs no escapes.
 */
export function predictionsJson(outcomes: readonly Outcome[], version: string): string {
  const tail = `","model_version":"${version}"}`;
  let text = "[";
  for (const outcome of outcomes) {
    if (text.length > 1) text += ",";
    text += outcome.userId === undefined ? "{" : `{"user_id":${JSON.stringify(outcome.userId)},`;
    text +=
      "error" in outcome
        ? `"error":${JSON.stringify(outcome.error)}}`
        : `"probability":${outcome.probability},"risk":"${outcome.risk}${tail}`;
  }
  return `${text}]`;
}
