import type { Environment } from "#runtime/config.ts";

/**
 * What is typed to call this program, for lines that are to be pasted: `npx lapse` in a clone, which has no command `lapse` on the path
 * (scripts/run.mjs says so), and `lapse` where it is installed.
 */
export function calledAs({ LAPSE_CALLED_AS: name }: Environment): string {
  return name || "lapse";
}
