import { actionId } from "#churn/action.ts";
import { type Columns, defaultAction, isAbsent } from "./columns.ts";
import type { LogItem } from "./log.ts";
import { Occurrences } from "./occurrences.ts";
import type { Rejections } from "./rejections.ts";
import type { RowSink } from "./row-reader.ts";
import type { TimeParser } from "./time.ts";
import { wireTime } from "./wire-time.ts";

export interface CollectorOptions {
  readonly columns: Columns;
  /** Fields that every row must have. */
  readonly width: number;
  readonly actionName: string | undefined;
  readonly parseTime: TimeParser;
  /** Of the value column; NaN for what is not a number. */
  readonly parseNumber: (text: string) => number;
  readonly rejections: Rejections;
}

/** Years 1900 to 2199 in milliseconds since the epoch: what lies outside is a slip, not a time. */
const earliest = Date.UTC(1900, 0);
const latest = Date.UTC(2200, 0);

/** Turns rows into items, and counts the rows that cannot be turned. */
export class ItemCollector implements RowSink {
  readonly #options: CollectorOptions;
  readonly #occurrences = new Occurrences();
  #items: LogItem[] = [];
  #lines: number[] = [];
  /** The time of the row before: neighbours often share it. */
  #last = { text: "", time: Number.NaN };

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Takes the oldest items out, at most `count`, with their line numbers. */
  take(count: number): { items: LogItem[]; lines: number[] } {
    const items = this.#items;
    const lines = this.#lines;
    this.#items = items.splice(count);
    this.#lines = lines.splice(count);
    return { items, lines };
  }

  row(fields: readonly string[], line: number): void {
    const item = this.#itemOf(fields);
    if (typeof item === "string") this.bad(line, item);
    else {
      this.#items.push(item);
      this.#lines.push(line);
    }
  }

  bad(line: number, reason: string): void {
    this.#options.rejections.add(`line ${line}`, reason);
  }

  /** The row as an item, or what is wrong with it. */
  #itemOf(fields: readonly string[]): LogItem | string {
    const { columns, width, actionName, parseNumber } = this.#options;
    if (fields.length !== width) return `has ${fields.length} fields and not ${width}`;
    const user = field(fields, columns.user);
    const timeText = field(fields, columns.time);
    const action = columns.action === undefined ? (actionName ?? defaultAction) : field(fields, columns.action);
    const valueText = columns.value === undefined ? "" : field(fields, columns.value);
    if (user === "") return "has no user";
    if (action === "") return "has no action";
    if (user.includes(replacement) || action.includes(replacement)) return "is not UTF-8 text";
    if (timeText !== this.#last.text) this.#last = this.#read(timeText);
    const { time } = this.#last;
    if (Number.isNaN(time)) return timeText === "" ? "has no time" : `"${timeText.slice(0, 60)}" is not a time`;
    const value = isAbsent(valueText) ? undefined : parseNumber(valueText);
    if (value !== undefined && !Number.isFinite(value)) return `"${valueText.slice(0, 60)}" is not a number`;
    const id = columns.id === undefined ? "" : field(fields, columns.id);
    return itemWith(user, action, wireTime(time), value, id || this.#repetition(user, action, time, value));
  }

  #read(text: string): { text: string; time: number } {
    const time = this.#options.parseTime(text);
    return { text, time: time >= earliest && time < latest ? time : Number.NaN };
  }

  /** The identity of a row that equals an earlier one; undefined for the first, whose content is its identity. */
  #repetition(userId: string, action: string, time: number, value: number | undefined): string | undefined {
    const occurrence = this.#occurrences.next(userId, action, time, value);
    return occurrence === 1 ? undefined : `${actionId({ userId, action, time, value })}#${occurrence}`;
  }
}

/** What a decoder leaves in the place of bytes that are not UTF-8. */
const replacement = "\ufffd";

function field(fields: readonly string[], column: number): string {
  return (fields[column] ?? "").trim();
}

function itemWith(
  user_id: string,
  action: string,
  timestamp: number | string,
  value: number | undefined,
  event_id: string | undefined,
): LogItem {
  if (value === undefined)
    return event_id === undefined ? { user_id, action, timestamp } : { user_id, action, timestamp, event_id };
  return event_id === undefined
    ? { user_id, action, timestamp, value }
    : { user_id, action, timestamp, value, event_id };
}
