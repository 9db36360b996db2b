import { formatDay } from "#churn/day.ts";
import { shortHash } from "#churn/short-hash.ts";
import { userRiskChanged } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { ToldChange } from "./changes-from.ts";
import type { TellingOf } from "./list.ts";

/**
 * The event that tells of one user's change. Its id is the same whenever it is told of this list, so that a
 * subscriber can see what is told twice; it does not name the user, as ids of events stand in logs and traces. `now` is in milliseconds since the epoch.
 */
export function changeEvent(
  { user, change, previous }: ToldChange,
  { snapshot, version, run, trace }: TellingOf,
  now: number,
): LapseEvent {
  const { userId, state, probability, value, reasons } = user;
  const day = formatDay(snapshot);
  const risk = state === "lapsed" ? "lapsed" : (user.risk ?? "low");
  return userRiskChanged.make({
    id: `${day}.${version}.${run}.${shortHash(userId, 32)}`,
    source: "/lapse/changes",
    subject: userId,
    time: new Date(now).toISOString(),
    extensions: {
      ...trace,
      riskchange: change,
      risk,
      ...(previous !== undefined && { previousrisk: previous.risk }),
    },
    data: {
      ...{ user_id: userId, snapshot: day, model_version: version, change, previous, risk, probability, value },
      reasons: reasons.map(({ sentence }) => sentence),
    },
  });
}
