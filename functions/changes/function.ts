import { formatDay, parseDay } from "#churn/day.ts";
import { shortHash } from "#churn/short-hash.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { digest, risksTold, type usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { Audit } from "#stores/audit/audit.ts";
import { recordTold } from "#stores/audit/list-told.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { changeEvent } from "./change-event.ts";
import { type ChangeServices, changesFrom, type Place } from "./changes-from.ts";
import type { Counts, TellingOf } from "./list.ts";
import { sendAll } from "./send-all.ts";

export interface ChangesServices extends ChangeServices {
  readonly users: ChangeServices["users"] & Pick<UserList, "totals">;
  readonly audit: Pick<Audit, "append">;
  /** Sends an event to the Broker. */
  readonly publish: (event: LapseEvent) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Scored = EventOf<typeof usersScored>;
type Told = EventOf<typeof risksTold>;

/**
 * Sends an event for each user whose risk has changed by the list that was made: those of the first part of the list, or of the
 * part that comes after one that has been told. Returns the event by which the next part is told, and after the last part the digest of
 * the day. An event that the Broker does not take fails the part, which is then told again under the same ids. Nothing more is told
 * once another run has begun to write the list: of what was not told of this one, the next one tells.
 */
export const handle: EventHandler<Scored | Told, ChangesServices> = async (event, services) => {
  const { users } = services;
  const [run, page] = await Promise.all([users.lastWritten(), users.page({ filter: {}, order: "user_id", limit: 1 })]);
  const [first] = page.users;
  if (first === undefined || first.modelVersion !== event.data.model_version) return undefined;
  // An event from before lists had a number tells of the one that there is.
  if ((event.data.run ?? run) !== run) return undefined;
  const list = { snapshot: first.snapshot, version: first.modelVersion, run, trace: traceOf(event) };
  if (isTold(event)) {
    if (parseDay(event.data.snapshot) !== list.snapshot) return undefined;
    return tellFrom(event.data.next, event.data.told, list, services);
  }
  const none = { entered: 0, left: 0, lapsed: 0 };
  // The first list of all changes nothing: no one was told before who is at risk.
  const isFirst = ((await services.ledger.firstSnapshot()) ?? list.snapshot) >= list.snapshot;
  return isFirst ? digestOf(list, none, services) : tellFrom({ part: "entered" }, none, list, services);
};

function isTold(event: Scored | Told): event is Told {
  return event.type === risksTold.type;
}

/** What is sent belongs to the trace of what made it known. */
function traceOf({ extensions = {} }: LapseEvent): TellingOf["trace"] {
  const { traceparent, tracestate } = extensions;
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) };
}

/** Users told of in one part: it takes some seconds, and with the 255 replies that brokers pass on in a row, 1.2 M may change in a night. */
const mostInPart = 5_000;

async function tellFrom(
  start: Place,
  before: Counts,
  list: TellingOf,
  services: ChangesServices,
): Promise<LapseEvent | undefined> {
  const told = { ...before };
  let sent = 0;
  let place: Place | undefined = start;
  while (place !== undefined && sent < mostInPart) {
    const part: Awaited<ReturnType<typeof changesFrom>> = await changesFrom(place, list.run, services);
    if (part === undefined) return undefined;
    const { changes, next } = part;
    await sendAll(
      changes.map((change) => changeEvent(change, list, services.now())),
      services.publish,
    );
    for (const { change } of changes) told[change] += 1;
    sent += changes.length;
    place = next;
  }
  return place === undefined ? digestOf(list, told, services) : toldEvent(place, told, list, services);
}

function toldEvent(next: Place, told: Counts, list: TellingOf, { now }: ChangesServices): LapseEvent {
  const day = formatDay(list.snapshot);
  return risksTold.make({
    id: `${day}.${list.version}.${list.run}.${next.part}.${next.cursor === undefined ? "first" : shortHash(next.cursor, 32)}`,
    source: "/lapse/changes",
    time: new Date(now()).toISOString(),
    data: { snapshot: day, model_version: list.version, run: list.run, told, next },
  });
}

/** Users named in a digest. */
const mostNamed = 10;

/** The end of what is told of a list. */
async function digestOf(
  { snapshot, version, run }: TellingOf,
  changed: Counts,
  { users, audit, now }: ChangesServices,
): Promise<LapseEvent> {
  await recordTold(audit, { snapshot, modelVersion: version, run }, now());

  const [{ here, slipping, at_risk, lapsed, valueAtRisk }, top] = await Promise.all([
    users.totals({}),
    users.page({ filter: { state: "at_risk" }, order: "value_at_risk", limit: mostNamed }),
  ]);
  const day = formatDay(snapshot);
  return digest.make({
    id: `${day}.${version}.${run}`,
    source: "/lapse/changes",
    time: new Date(now()).toISOString(),
    data: {
      ...{ snapshot: day, model_version: version, here, slipping, at_risk, lapsed },
      value_at_risk: valueAtRisk,
      changed,
      top: top.users.map(({ userId, probability = 0, value, reasons }) => ({
        ...{ user_id: userId, probability, value, reasons: reasons.map(({ sentence }) => sentence) },
      })),
    },
  });
}
