import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { type Day, dayOf, formatDay, parseDay, startOf } from "#churn/day.ts";
import { featureExtractor } from "#churn/features/features.ts";
import { isEligible } from "#churn/features/label.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { parseInstant } from "#runtime/instant.ts";
import { columnMap, pick } from "./column-map.ts";
import { faultText } from "./fault-text.ts";
import { historyOf } from "./history-of.ts";

/**
 * The vector of a user who is not stored, from their actions: exactly what it would be, had the actions been sent to
 * ingest. By default it tells of everything up to now; with `at`, of everything before the start of that UTC day.
 * Says in words what is wrong with actions that ingest would reject, or that the user is not to be scored because
 * the last action is too long ago.
 */
export function vectorOfActions(
  instance: { readonly actions: unknown; readonly at: unknown },
  { definition, features }: ModelManifest,
  now: number,
): Float64Array | string {
  const parsed = schema.safeParse(instance);
  if (!parsed.success) return `${faultText(parsed.error)}.`;
  const { actions, at = dayOf(now) + 1 } = parsed.data;
  const future = actions.findIndex(({ time }) => time > now + startOf(1));
  if (future >= 0) return `actions[${future}].timestamp is more than a day in the future.`;
  const history = historyOf("", actions);
  const { observeDays } = definition.churn;
  if (!isEligible(history, at, definition.churn)) {
    return `No action in the ${observeDays} days before ${formatDay(at)}: such a user is not scored.`;
  }
  const extractor = featureExtractor(definition);
  return pick(extractor.extract(history, at), columnMap(features, extractor.names));
}

/** The rules of ingest for an item, without the user. */
const action = z
  .object({
    action: z.string().min(1).max(128),
    timestamp: z.union([z.string(), z.number()]).transform((value, context): number => {
      const time = timeOf(value);
      if (time !== undefined && time >= 0) return time;
      context.addIssue("must be an ISO 8601 time with its zone, or seconds or milliseconds since 1970");
      return z.NEVER;
    }),
    value: z.number().nullish(),
    event_id: z.string().min(1).max(1024).nullish(),
  })
  .transform(
    ({ action, timestamp: time, value, event_id: eventId }): Action => ({
      userId: "",
      action,
      time,
      value: value ?? undefined,
      eventId: eventId ?? undefined,
    }),
  );

/** A date, or a moment: features change from day to day only. */
const snapshot = z.string().transform((text, context): Day => {
  const time = parseInstant(text);
  const day = time === undefined ? parseDay(text) : dayOf(time);
  if (day !== undefined) return day;
  context.addIssue("must be an ISO 8601 date or time, such as 2024-03-01");
  return z.NEVER;
});

const schema = z.object({
  actions: z.array(action).min(1).max(10_000),
  at: snapshot.optional(),
});

/** A number below 1e11 means seconds, any other milliseconds. */
function timeOf(value: string | number): number | undefined {
  if (typeof value === "string") return parseInstant(value);
  return Math.floor(Math.abs(value) < 1e11 ? value * 1000 : value);
}
