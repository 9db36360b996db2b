import type { Action } from "#churn/action.ts";
import { formatDay } from "#churn/day.ts";
import type { Log, LogBatch, LogItem } from "../log/log.ts";
import { Rejections } from "../log/rejections.ts";
import { wireTime } from "../log/wire-time.ts";
import { daysIn, type GenerateOptions, generateActions } from "./generate-actions.ts";

/** The synthetic log as a log to import, a batch per day. */
export function generateLog(options: GenerateOptions): Log {
  return {
    name: "a synthetic log",
    columns: `${options.users.toLocaleString("en")} made-up users of a subscription product, up to ${formatDay(options.endDay)}`,
    notes: [],
    unit: "days",
    total: daysIn(options),
    batches: dailyBatches(options),
    rejections: new Rejections(),
    close: async () => undefined,
  };
}

async function* dailyBatches(options: GenerateOptions): AsyncGenerator<LogBatch> {
  let read = 0;
  for (const actions of generateActions(options)) {
    read += 1;
    const day = read;
    yield { items: actions.map(itemOf), place: (index) => `action ${index + 1} of day ${day}`, read };
  }
}

function itemOf({ userId, action, time, value }: Action): LogItem {
  const item = { user_id: userId, action, timestamp: wireTime(time) };
  return value === undefined ? item : { ...item, value };
}
