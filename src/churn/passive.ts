import type { UserHistory } from "./user-history.ts";

/**
 * Tells whether actions of a name are passive by the patterns: names, in which `*` stands for any text, as `email_*`.
 * Made once and used for many, as each name is judged once.
 */
export function passiveNames(patterns: readonly string[] = []): (action: string) => boolean {
  if (patterns.length === 0) return () => false;
  const tests = patterns.map((pattern) => new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "su"));
  const judged = new Map<string, boolean>();
  return (action) => {
    const known = judged.get(action);
    if (known !== undefined) return known;
    const isPassive = tests.some((test) => test.test(action));
    judged.set(action, isPassive);
    return isPassive;
  };
}

/** Takes from histories what the patterns make passive: what is left is what users did themselves, which may be nothing. */
export function ownHistories(patterns: readonly string[] | undefined): (history: UserHistory) => UserHistory {
  if (patterns === undefined || patterns.length === 0) return (history) => history;
  const isPassive = passiveNames(patterns);
  return (history) =>
    history.days.some(({ action }) => isPassive(action))
      ? { userId: history.userId, days: history.days.filter(({ action }) => !isPassive(action)) }
      : history;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
