import { formatDay } from "#churn/day.ts";
import type { Outcome } from "./predict.ts";
import type { LapsedRow } from "./rows.ts";

/**
 * The V1 `predictions` as JSON text: `{user_id?, state: "here", probability, risk, model_version}` each,
 * `{user_id?, state: "lapsed", lapsed_since?, model_version}`, or `{user_id?, error}`. Written by hand because it is the
 * hot path; a probability is finite, and a version needs no escapes.
 */
export function predictionsJson(outcomes: readonly Outcome[], version: string): string {
  const tail = `","model_version":"${version}"}`;
  let text = "[";
  for (const outcome of outcomes) {
    if (text.length > 1) text += ",";
    text += outcome.userId === undefined ? "{" : `{"user_id":${JSON.stringify(outcome.userId)},`;
    if ("probability" in outcome)
      text += `"state":"here","probability":${outcome.probability},"risk":"${outcome.risk}${tail}`;
    else if ("error" in outcome) text += `"error":${JSON.stringify(outcome.error)}}`;
    else text += `"state":"lapsed${since(outcome)}${tail}`;
  }
  return `${text}]`;
}

function since({ since: day }: LapsedRow): string {
  return day === undefined ? "" : `","lapsed_since":"${formatDay(day)}`;
}
