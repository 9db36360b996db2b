import { type Day, formatDay } from "#churn/day.ts";
import type { LogExtent } from "#stores/actions/action-store.ts";

export interface NextStep {
  readonly what: string;
  /** One line for a POSIX shell. */
  readonly command: string;
}

/** Of whom, and of what log, the lines are to speak. */
export interface NextStepsOf {
  /** A user who is stored; undefined if there is none. */
  readonly userId: string | undefined;
  /** One that the log knows. */
  readonly action: string | undefined;
  /** The log's last day, where that is long ago: an action of today would make everybody else look as if they had left. */
  readonly endedOn: Day | undefined;
}

/** What the lines should speak of: a user and an action of the log. */
export function stepsOf(
  userId: string | undefined,
  action: string | undefined,
  extent: LogExtent | undefined,
  today: Day,
): NextStepsOf {
  const endedOn = extent !== undefined && extent.lastDay < today - 1 ? extent.lastDay : undefined;
  return { userId, action, endedOn };
}

/** What to do with a running lapse, as lines to paste. Where it asks for a key, they take it from LAPSE_API_KEY. */
export function nextSteps(
  url: string,
  { userId = "ana", action = "login", endedOn }: NextStepsOf,
  { isKeyNeeded }: { readonly isKeyNeeded: boolean },
): readonly NextStep[] {
  const post = (path: string, body: string) => postLine(`${url}${path}`, body, isKeyNeeded);
  const who = JSON.stringify(userId);
  const instances = quote(`{"instances":[{"user_id":${who}}]}`);
  const upToTime = `{"user_id":${who},"action":${JSON.stringify(action)},"timestamp":"`;
  const sent =
    endedOn === undefined
      ? // The shell puts the time in.
        `${quote(upToTime)}"$(date -u +%FT%TZ)"${quote('"}')}`
      : quote(`${upToTime}${formatDay(endedOn)}T12:00:00Z"}`);
  return [
    { what: "Ask", command: post("/v1/models/churn:predict", instances) },
    { what: "Ask why", command: post("/v1/models/churn:explain", instances) },
    { what: "Send an action", command: post("/events", sent) },
    { what: "Take it into account (a moment later, ask again)", command: post("/run/features", "'{}'") },
    { what: "Train again (the desk shows what came of it)", command: post("/run/train", "'{}'") },
  ];
}

function postLine(url: string, body: string, isKeyNeeded: boolean): string {
  const key = isKeyNeeded ? ' -H "authorization: Bearer $LAPSE_API_KEY"' : "";
  return `curl -s ${url}${key} -H 'content-type: application/json' -d ${body}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
