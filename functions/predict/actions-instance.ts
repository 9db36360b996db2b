import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { type Day, dayOf, formatDay, parseDay, startOf } from "#churn/day.ts";
import { columnMap, pick } from "#churn/features/column-map.ts";
import { featureExtractor } from "#churn/features/features.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { standingAt } from "#churn/population.ts";
import { faultText } from "#runtime/fault-text.ts";
import { parseInstant } from "#runtime/instant.ts";
import { historyOf } from "./history-of.ts";

/** What actions come to: a vector, since when their user has lapsed, or what is wrong with them. */
export type ReadActions =
  | { readonly kind: "vector"; readonly values: Float64Array }
  | { readonly kind: "lapsed"; readonly since: Day }
  | { readonly kind: "invalid"; readonly error: string };

/**
 * What a user who is not stored would be, had their actions been sent to ingest. By default it tells of everything up to
 * now; with `at`, of everything before the start of that UTC day. Invalid are actions that ingest would reject, and none
 * before the snapshot.
 */
export function readActions(
  instance: { readonly actions: unknown; readonly at: unknown },
  { definition, features }: ModelManifest,
  now: number,
): ReadActions {
  const parsed = schema.safeParse(instance);
  if (!parsed.success) return { kind: "invalid", error: `${faultText(parsed.error)}.` };
  const { actions, at = dayOf(now) + 1 } = parsed.data;
  const future = actions.findIndex(({ time }) => time > now + startOf(1));
  if (future >= 0) return { kind: "invalid", error: `actions[${future}].timestamp is more than a day in the future.` };
  const history = historyOf("", actions);
  const standing = standingAt(history, at, definition.churn);
  if (standing === undefined)
    return {
      kind: "invalid",
      error: `There is no action of the user's own before ${formatDay(at)}: nothing is known of them then.`,
    };
  if (standing.state === "lapsed") return { kind: "lapsed", since: standing.since };
  const extractor = featureExtractor(definition);
  return { kind: "vector", values: pick(extractor.extract(history, at), columnMap(features, extractor.names)) };
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
    passive: z.boolean().nullish(),
  })
  .transform(
    ({ action, timestamp: time, value, event_id: eventId, passive }): Action => ({
      userId: "",
      action,
      time,
      value: value ?? undefined,
      eventId: eventId ?? undefined,
      passive: passive ?? undefined,
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
