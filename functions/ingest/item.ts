import type { Action } from "#churn/action.ts";
import { readFlag } from "#churn/intake/flag.ts";
import { mostValue, readNumber } from "#churn/intake/number.ts";
import { type ReadText, readText, textFaults, textLimits } from "#churn/intake/text.ts";
import { readMoment } from "#runtime/read-moment.ts";

/** Why an item is not an action. */
export interface Fault {
  /** The field that is wrong, by its name in an item; absent when it is the item as a whole. */
  readonly field?: string | undefined;
  /** Reads on after the field's name. */
  readonly error: string;
}

/** An item whose fault was found before it could be read, such as a line that is not JSON. */
export class Unreadable implements Fault {
  readonly field: string | undefined;
  readonly error: string;

  constructor(error: string, field?: string) {
    this.error = error;
    this.field = field;
  }
}

/**
 * Reads one item, `{user_id, action, timestamp, value?, event_id?, source?, passive?}`, by the rule that holds for files too
 * (src/churn/intake); fields of other names are left alone. A value that cannot be read, or is too large,
 * costs the value and not the action: `leftOut` is told. `now` and `oldest`, before which no action may be, are in milliseconds
 * since the epoch.
 */
export function parseItem(
  item: unknown,
  now: number,
  leftOut: (fault: Fault) => void = () => undefined,
  oldest = 0,
): Action | Fault {
  if (item instanceof Unreadable) return item;
  if (!isRecord(item)) return { field: undefined, error: "must be a JSON object." };
  const userId = readText(item.user_id, textLimits.user_id);
  if ("fault" in userId) return { field: "user_id", error: userId.fault };
  const action = readText(item.action, textLimits.action);
  if ("fault" in action) return { field: "action", error: action.fault };
  const time = readMoment(item.timestamp, now, oldest);
  if (typeof time === "string") return { field: "timestamp", error: time };
  const eventId = readOptional(item.event_id, textLimits.event_id);
  if (eventId !== undefined && "fault" in eventId) return { field: "event_id", error: eventId.fault };
  const source = readOptional(item.source, textLimits.source);
  if (source !== undefined && "fault" in source) return { field: "source", error: source.fault };
  const passive = readFlag(item.passive);
  if (typeof passive === "object") return { field: "passive", error: passive.fault };
  const value = readNumber(item.value);
  const isUnreadable = value !== undefined && Number.isNaN(value);
  if (isUnreadable) leftOut({ field: "value", error: valueFault(item.value) });
  return {
    userId: userId.text,
    action: action.text,
    time,
    value: isUnreadable ? undefined : value,
    eventId: eventId?.text,
    source: source?.text,
    ...(passive === true && { passive }),
  };
}

function valueFault(value: unknown): string {
  return (typeof value === "number" || typeof value === "string") && Number.isFinite(Number(value))
    ? `is beyond ${mostValue}: it was left out.`
    : "is not a number: it was left out.";
}

function readOptional(value: unknown, limit: number): ReadText | undefined {
  const read = readText(value, limit);
  return "fault" in read && read.fault === textFaults.absent ? undefined : read;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
