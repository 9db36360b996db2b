import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { parseInstant } from "#runtime/instant.ts";

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
 * Reads one item, `{user_id, action, timestamp, value?, event_id?, source?}`; fields of other names are left alone.
 * `now` is in milliseconds since the epoch.
 */
export function parseItem(item: unknown, now: number): Action | Fault {
  if (item instanceof Unreadable) return item;
  const action = readQuickly(item) ?? readBySchema(item);
  return "error" in action || action.time <= now + aheadMilliseconds ? action : aheadOfTime;
}

/** What a clock may be ahead of ours, and a little: a day, in milliseconds. */
const aheadMilliseconds = 86_400_000;

const aheadOfTime: Fault = { field: "timestamp", error: "is more than a day in the future." };

/** Characters: what is shown in lists and kept in keyword fields must stay short. */
const limits = { user_id: 256, action: 128, event_id: 1024, source: 1024 };

/**
 * Takes an item that is plainly right, by the very rules of the schema, and leaves any other to it: several times as
 * fast, which an import of millions of rows notices.
 */
function readQuickly(item: unknown): Action | undefined {
  if (!isRecord(item)) return undefined;
  const { user_id: userId, action, timestamp, value, event_id: eventId, source } = item;
  if (typeof userId !== "string" || !isText(userId, limits.user_id)) return undefined;
  if (typeof action !== "string" || !isText(action, limits.action)) return undefined;
  const time = timeOf(timestamp);
  if (time === undefined || time < 0) return undefined;
  if (value !== undefined && (typeof value !== "number" || !Number.isFinite(value))) return undefined;
  if (eventId !== undefined && (typeof eventId !== "string" || !isText(eventId, limits.event_id))) return undefined;
  if (source !== undefined && (typeof source !== "string" || !isText(source, limits.source))) return undefined;
  return { userId, action, time, value, eventId, source };
}

function readBySchema(item: unknown): Action | Fault {
  const parsed = itemSchema.safeParse(item);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return { field: issue?.path[0]?.toString(), error: issue?.message ?? "is not an action." };
}

const missing = "is required.";

const text = (limit: number) =>
  z
    .string({ error: ({ input }) => (input === undefined || input === null ? missing : "must be a string.") })
    .min(1, missing)
    .max(limit, `is longer than ${limit} characters.`)
    .refine((value) => isText(value, limit), "must hold more than blanks, and no control characters.");

/** Ids are often numbers; beyond 2^53 JSON has lost digits, which would make one user of two. */
const id = (limit: number) =>
  z.preprocess((value) => (Number.isSafeInteger(value) ? String(value) : value), text(limit));

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional());

const timestamp = z.unknown().transform((value, context) => {
  const time = timeOf(value);
  if (time !== undefined && time >= 0) return time;
  context.addIssue(
    value === undefined || value === null
      ? missing
      : time === undefined
        ? "must be an ISO 8601 time with its zone, or a number of seconds or milliseconds since 1970."
        : "is before 1970.",
  );
  return z.NEVER;
});

const itemSchema = z
  .object(
    {
      user_id: id(limits.user_id),
      action: text(limits.action),
      timestamp,
      value: optional(z.number("must be a finite number.")),
      event_id: optional(id(limits.event_id)),
      source: optional(text(limits.source)),
    },
    "must be a JSON object.",
  )
  .transform(
    ({ user_id: userId, action, timestamp: time, value, event_id: eventId, source }): Action => ({
      userId,
      action,
      time,
      value,
      eventId,
      source,
    }),
  );

/** Neither empty nor blank nor too long, and without control characters or halves of surrogate pairs. */
function isText(value: string, limit: number): boolean {
  return value.length <= limit && /\S/.test(value) && !/[\p{Cc}\p{Cs}]/u.test(value);
}

/** Seconds until the year 5138, milliseconds since March 1973: below this a number means seconds. */
const leastMilliseconds = 1e11;

function timeOf(value: unknown): number | undefined {
  if (typeof value === "string") return parseInstant(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return Math.floor(Math.abs(value) < leastMilliseconds ? value * 1000 : value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
