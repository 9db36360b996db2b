import { hasRole, withoutMarks } from "#churn/intake/role-names.ts";

/** Words of names that times of actions have, beside those that mean the role: `loaded_at`, `seenMs`. */
const timeWords: ReadonlySet<string> = new Set([
  ...["at", "time", "timestamp", "datetime", "ts", "ms", "utc", "gmt", "moment", "unix", "epoch", "unixtime"],
]);

/** Words of names of times at which nobody did anything: of what is planned or ends by itself, or of a birth. */
const otherWords: ReadonlySet<string> = new Set([
  ...["due", "expires", "expire", "expiry", "expiration", "expected", "estimated", "scheduled", "planned", "deadline"],
  ...["end", "ends", "until", "valid", "renewal", "renews", "birth", "birthday", "birthdate", "dob", "dateofbirth"],
]);

/** Whether a time is by its name likely not when somebody acted. */
export function isOtherTimeName(name: string): boolean {
  return wordsOf(name).some((word) => otherWords.has(word));
}

/** Whether a column may by its name hold times of actions. */
export function isTimeName(name: string): boolean {
  return hasRole("time", [name]) || wordsOf(name).some((word) => timeWords.has(word));
}

/** The words of a name, in small letters. */
export function wordsOf(name: string): string[] {
  return withoutMarks(name)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}
