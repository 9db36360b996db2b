import { hasRole } from "#churn/intake/role-names.ts";

/** Words of names that times of actions have, beside those that mean the role: `loaded_at`, `seenMs`. */
const timeWords: ReadonlySet<string> = new Set(["at", "time", "timestamp", "datetime", "ts", "ms", "utc", "moment"]);

/** Whether a column may by its name hold times of actions. */
export function isTimeName(name: string): boolean {
  return (
    hasRole("time", [name]) ||
    name
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^a-z]+/)
      .some((word) => timeWords.has(word))
  );
}
