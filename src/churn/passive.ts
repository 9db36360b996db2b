import type { UserHistory } from "./user-history.ts";

/** Names of actions, in which `*` stands for any text: `email_*`. What they match the business does to users. */
export type PassivePatterns = readonly string[] | undefined;

/** Patterns as they are set: `email_*,push_*`; each once, and in the same order however they are given. */
export function parsePassive(text: string): readonly string[] {
  const patterns = text.split(",").map((pattern) => pattern.trim());
  return [...new Set(patterns.filter((pattern) => pattern !== ""))].sort();
}

/** Whether an action is passive by its name. */
export function isPassive(action: string, patterns: PassivePatterns): boolean {
  return patterns?.some((pattern) => matches(pattern, action)) ?? false;
}

/** What the user did themselves, which may be nothing: the history without the actions that the patterns make passive. */
export function ownHistory(history: UserHistory, patterns: PassivePatterns): UserHistory {
  if (patterns === undefined || !history.days.some(({ action }) => isPassive(action, patterns))) return history;
  return { userId: history.userId, days: history.days.filter(({ action }) => !isPassive(action, patterns)) };
}

/** By hand, as a regular expression for each user and snapshot would cost more than all else that is done with them. */
function matches(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  /** The last star, and where the text goes on that it does not stand for. */
  let star = -1;
  let afterStar = 0;
  while (inText < text.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern++;
      afterStar = inText;
    } else if (pattern[inPattern] === text[inText]) {
      inPattern++;
      inText++;
    } else {
      if (star < 0) return false;
      inPattern = star + 1;
      inText = ++afterStar;
    }
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern === pattern.length;
}
