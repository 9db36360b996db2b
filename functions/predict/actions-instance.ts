import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { type Day, dayOf, formatDay, parseDay } from "#churn/day.ts";
import { readFlag } from "#churn/intake/flag.ts";
import { mostValue, readNumber } from "#churn/intake/number.ts";
import { readText, textFaults, textLimits } from "#churn/intake/text.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { vectorsOf } from "#churn/model/vectors-of.ts";
import { standingAt } from "#churn/population.ts";
import { faultText } from "#runtime/fault-text.ts";
import { parseInstant } from "#runtime/instant.ts";
import { readMoment } from "#runtime/read-moment.ts";
import { historyOf } from "./history-of.ts";
import { mostActions } from "./limits.ts";
import { onceFor } from "./once-for.ts";

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
  manifest: ModelManifest,
  now: number,
): ReadActions {
  const parsed = schema.safeParse(instance);
  if (!parsed.success) return { kind: "invalid", error: `${faultText(parsed.error)}.` };
  const { at = dayOf(now) + 1 } = parsed.data;
  const actions: Action[] = [];
  for (const [index, item] of parsed.data.actions.entries()) {
    const read = readAction(item, now);
    if (typeof read === "string") return { kind: "invalid", error: `actions[${index}]${read}` };
    actions.push(read);
  }
  const history = historyOf("", actions);
  const standing = standingAt(history, at, manifest.definition.churn);
  if (standing === undefined)
    return {
      kind: "invalid",
      error: `There is no action of the user's own before ${formatDay(at)}: nothing is known of them then.`,
    };
  if (standing.state === "lapsed") return { kind: "lapsed", since: standing.since };
  return { kind: "vector", values: vectorsUnder(manifest)(history, at) };
}

/**
 * One of a user's actions by the rules of ingest, or what is wrong with it, as it reads on after its place. A value that cannot be
 * read is told, and not left out as ingest does: the prediction would be of something else than was asked.
 */
function readAction(item: unknown, now: number): Action | string {
  const parsed = actionSchema.safeParse(item);
  if (!parsed.success) return " must be an object.";
  const { data } = parsed;
  const action = readText(data.action, textLimits.action);
  if ("fault" in action) return `.action ${action.fault}`;
  const time = readMoment(data.timestamp, now);
  if (typeof time === "string") return `.timestamp ${time}`;
  const eventId = readText(data.event_id, textLimits.event_id);
  if ("fault" in eventId && eventId.fault !== textFaults.absent) return `.event_id ${eventId.fault}`;
  const passive = readFlag(data.passive);
  if (typeof passive === "object") return `.passive ${passive.fault}`;
  const value = readNumber(data.value);
  if (Number.isNaN(value)) return `.value must be a number between -10^${digits} and 10^${digits}.`;
  return {
    userId: "",
    action: action.text,
    time,
    value,
    eventId: "fault" in eventId ? undefined : eventId.text,
    passive,
  };
}

const actionSchema = z.record(z.string(), z.unknown());

/** A date, or a moment: features change from day to day only. */
const snapshot = z.string().transform((text, context): Day => {
  const time = parseInstant(text);
  const day = time === undefined ? parseDay(text) : dayOf(time);
  if (day !== undefined) return day;
  context.addIssue("must be an ISO 8601 date or time, such as 2024-03-01");
  return z.NEVER;
});

const schema = z.object({
  actions: z.array(z.unknown()).min(1).max(mostActions),
  at: snapshot.optional(),
});

const digits = Math.log10(mostValue);

const vectorsUnder = onceFor(vectorsOf);
