import { beginStep } from "../terminal/progress.ts";
import { countedUnit } from "./account.ts";
import type { Log } from "./log.ts";
import { type LogChoice, openLog } from "./open-log.ts";
import type { LogOptions } from "./options.ts";

/** Opens the log that was asked for, and prints how it is understood. */
export async function tellLog(choice: LogChoice, options: LogOptions, now: number): Promise<Log> {
  if (choice.files === undefined || choice.files.length === 0) {
    const log = await openLog(choice, options, now);
    console.log(`Reading ${log.name}: ${log.columns}.\n`);
    return log;
  }
  const step = beginStep("read");
  try {
    const log = await openLog(choice, options, now, (share) => step.update(share, 1));
    step.end(`${countedUnit(log.account ?? { read: 0, unit: "lines" })} of ${log.name}`);
    console.log([`Columns: ${log.columns}.`, ...log.notes, ""].join("\n"));
    return log;
  } catch (error) {
    step.abort();
    throw error;
  }
}
