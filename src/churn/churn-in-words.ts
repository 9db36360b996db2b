import type { ChurnSettings } from "./definition.ts";
import { days } from "./number-words.ts";

/** When a user has lapsed, as the rest of a sentence: `after 30 days without an action`, `once they did “unregister”`. */
export function lapsedWhen({ churnDays, action, returnAction }: ChurnSettings): string {
  if (action === undefined) return `after ${days(churnDays)} without an action`;
  return `once they did “${action}”${returnAction === undefined ? "" : `, until they do “${returnAction}”`}`;
}

/** What lapsed is, as a term: `no action for 30 days`, `“unregister” done`. */
export function lapsedIs({ churnDays, action }: ChurnSettings): string {
  return action === undefined ? `no action for ${days(churnDays)}` : `“${action}” done`;
}

/** What a user does who churns, from the snapshot on: `no action for 30 days`, `“unregister” within 60 days`. */
export function churnIs({ churnDays, leadDays, action }: ChurnSettings): string {
  const what = action === undefined ? `no action for ${days(churnDays)}` : `“${action}” within ${days(churnDays)}`;
  return leadDays === 0 ? what : `${what}, beginning ${days(leadDays)} after the snapshot`;
}

/** Who is here at a moment that the sentence goes on with: `with an action in the 30 days before`, `seen, and without “unregister”, before`. */
export function hereIs({ churnDays, action, returnAction }: ChurnSettings): string {
  if (action === undefined) return `with an action in the ${days(churnDays)} before`;
  return `seen, and without “${action}”${returnAction === undefined ? "" : ` since the last “${returnAction}”`}, before`;
}

/** When a user has left and whom a model is about, in whole sentences for those who read its report. */
export function churnInSentences(churn: ChurnSettings): string {
  const { churnDays, leadDays, action, returnAction, passive = [] } = churn;
  const window = days(churnDays);
  const lead =
    leadDays === 0 ? "" : ` The ${days(leadDays)} right after the snapshot are left out, to leave time to act.`;
  const own =
    passive.length === 0
      ? ""
      : ` What the business does (${passive.join(", ")}) counts neither as doing something nor as staying.`;
  const others = "The others had left already, and are neither learned from nor counted.";
  if (action === undefined)
    return `A user has left who does nothing at all for ${window} after the snapshot.${lead} All of this is about users who were still here at the snapshot: those who did something in the ${window} before it. ${others}${own}`;
  const back = returnAction === undefined ? "" : ` since they last did “${returnAction}”`;
  return `A user leaves by “${action}”, within ${window} after the snapshot.${lead} All of this is about users who were still here at the snapshot: those seen before it who had not done “${action}”${back}, whether or not they did something lately. ${others}${own}`;
}
