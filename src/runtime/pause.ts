import { setImmediate } from "node:timers/promises";

/** Lets the process answer what has come in meanwhile, such as predictions; for between two pieces of long work. */
export function pause(): Promise<void> {
  return setImmediate();
}
