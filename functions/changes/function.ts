import { formatDay, parseDay } from "#churn/day.ts";
import { shortHash } from "#churn/short-hash.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { digest, risksTold, type usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { Audit } from "#stores/audit/audit.ts";
import { recordTelling, recordTold, type ToldList, wasToldBefore } from "#stores/audit/list-told.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { changeEvent } from "./change-event.ts";
import { type ChangeServices, changesFrom, isReplaced, type Place } from "./changes-from.ts";
import type { Counts, TellingOf } from "./list.ts";
import { sendAll } from "./send-all.ts";

export interface ChangesServices extends ChangeServices {
  readonly users: ChangeServices["users"] & Pick<UserList, "totals">;
  readonly audit: Pick<Audit, "append" | "entries">;
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
 * once another run of score has begun: of what was not told of this list, that of the next run tells, and takes back what was.
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
  // Before it is seen whether a run of score has begun, which looks for this after it has: one of the two sees the other.
  await recordTelling(services.audit, toldList(list), services.now());
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

function toldList({ snapshot, version, run }: TellingOf): ToldList {
  return { snapshot, modelVersion: version, run };
}

/**
 * The end of what is told of a list; undefined if a run of score has begun meanwhile, or if the list of a day was made again and changes
 * no one's risk: the digest of that day has been sent, and another would say that nothing happened on it.
 */
async function digestOf(list: TellingOf, changed: Counts, services: ChangesServices): Promise<LapseEvent | undefined> {
  const { snapshot, version, run } = list;
  const { users, audit, now } = services;
  if (await isReplaced(run, services)) return undefined;
  await recordTold(audit, toldList(list), now());
  const changesNothing = changed.entered + changed.left + changed.lapsed === 0;
  if (changesNothing && (await wasToldBefore(audit, list))) return undefined;
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
