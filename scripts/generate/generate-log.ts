import type { Action } from "#churn/action.ts";
import { formatDay } from "#churn/day.ts";
import type { Log, LogBatch, LogItem } from "../log/log.ts";
import { Rejections } from "../log/rejections.ts";
import { Scratch } from "../log/scratch.ts";
import { wireTime } from "../log/wire-time.ts";
import { daysIn, type GenerateOptions, generateActions } from "./generate-actions.ts";
import { stageGenerated } from "./stage-log.ts";

/** The synthetic log as a log to import: some weeks at a time, or staged as a whole. It is made while it is read. */
export function generateLog(options: GenerateOptions): Log {
  let scratch: Scratch | undefined;
  return {
    name: "a synthetic log",
    columns: `${options.users.toLocaleString("en")} made-up users of a subscription product, up to ${formatDay(options.endDay)}`,
    notes: [],
    unit: "days",
    total: daysIn(options),
    batches: batchesOfDays(options),
    rejections: new Rejections(),
    staged: {
      async release(onProgress) {
        scratch = await Scratch.open();
        let read = 0;
        await stageGenerated(generateActions(options), scratch, (actions) => onProgress(++read, actions));
        await scratch.release();
        return scratch.databasePath;
      },
    },
    close: async () => scratch?.dispose(),
  };
}

/** Actions in a batch, at least: a batch for each day would be 274 transactions, each of which waits for the disk. */
const leastActions = 60_000;

async function* batchesOfDays(options: GenerateOptions): AsyncGenerator<LogBatch> {
  const days = daysIn(options);
  let read = 0;
  let items: LogItem[] = [];
  let ends: number[] = [];
  for (const actions of generateActions(options)) {
    read += 1;
    for (const action of actions) items.push(itemOf(action));
    ends.push(items.length);
    if (items.length < leastActions && read < days) continue;
    yield { items, place: placeIn(ends, read), read };
    items = [];
    ends = [];
  }
}

/** Where an item of a batch stands, whose last day is the `last` of the log; `ends` has the number of items up to each day's end. */
function placeIn(ends: readonly number[], last: number): LogBatch["place"] {
  return (index) => {
    const day = ends.findIndex((end) => index < end);
    return `action ${index - (ends[day - 1] ?? 0) + 1} of day ${last - ends.length + 1 + day}`;
  };
}

function itemOf({ userId, action, time, value }: Action): LogItem {
  const item = { user_id: userId, action, timestamp: wireTime(time) };
  return value === undefined ? item : { ...item, value };
}
