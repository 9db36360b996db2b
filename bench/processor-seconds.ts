import { readFileSync } from "node:fs";

/**
 * Processor time that a process has used, all of its threads and those of its children that have ended, in seconds (proc(5), fields 14 to 17
 * of stat, in hundredths of a second).
 */
export function processorSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold blanks; the first field there is the third.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100;
}
