import { formatDay, parseDay } from "#churn/day.ts";
import type { RiskChange } from "#churn/risk-change.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { digest, usersRiskChanged, type usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { type ChangeServices, changesFrom, type Place, type ToldChange } from "./changes-from.ts";

export interface ChangesServices extends ChangeServices {
  readonly users: ChangeServices["users"] & Pick<UserList, "totals">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Scored = EventOf<typeof usersScored>;
type Changed = EventOf<typeof usersRiskChanged>;

/** What is told of one list. */
interface List {
  readonly snapshot: number;
  readonly version: string;
}

type Counts = Readonly<Record<RiskChange, number>>;

/**
 * Returns the first users whose risk has changed by the list that was made, or after an event of this kind the next ones; a
 * function answers with one event, and by answering itself tells of many, each delivered again until it is taken. After
 * the last one follows the digest of the day. Nothing follows if the list has been replaced meanwhile: that one is told of.
 */
export const handle: EventHandler<Scored | Changed, ChangesServices> = async (event, services) => {
  const [first] = (await services.users.page({ filter: {}, order: "user_id", limit: 1 })).users;
  if (first === undefined || first.modelVersion !== event.data.model_version) return undefined;
  const list = { snapshot: first.snapshot, version: first.modelVersion };
  const told = { entered: 0, left: 0, lapsed: 0 };
  if (!isChanged(event)) {
    // The first list of all changes nothing: no one was told before who is at risk.
    const isFirst = (await services.ledger.batches({ before: list.snapshot })).length === 0;
    return isFirst ? digestOf(list, told, services) : changesAfter({ part: "entered" }, told, list, services);
  }
  if (parseDay(event.data.snapshot) !== list.snapshot) return undefined;
  const { next, so_far } = event.data;
  return next === undefined ? digestOf(list, so_far, services) : changesAfter(next, so_far, list, services);
};

function isChanged(event: Scored | Changed): event is Changed {
  return event.type === usersRiskChanged.type;
}

async function changesAfter(
  place: Place,
  before: Counts,
  { snapshot, version }: List,
  services: ChangesServices,
): Promise<LapseEvent> {
  const { changes, next } = await changesFrom(place, services);
  if (changes.length === 0) return digestOf({ snapshot, version }, before, services);
  const told = { ...before };
  for (const { change } of changes) told[change] += 1;
  const day = formatDay(snapshot);
  return usersRiskChanged.make({
    // The same for a repeated run, so that who is told twice can see it.
    id: `${day}.${version}.${place.part}.${place.cursor ?? "first"}`,
    source: "/lapse/changes",
    time: new Date(services.now()).toISOString(),
    data: { snapshot: day, model_version: version, changes: changes.map(shown), so_far: told, next },
  });
}

function shown({ user, change, previous }: ToldChange): Changed["data"]["changes"][number] {
  const { userId, state, risk, probability, value, reasons } = user;
  return {
    user_id: userId,
    change,
    previous,
    risk: state === "lapsed" ? "lapsed" : (risk ?? "low"),
    probability,
    value,
    reasons: reasons.map(({ sentence }) => sentence),
  };
}

/** Users named in a digest. */
const mostNamed = 10;

async function digestOf(
  { snapshot, version }: List,
  changed: Counts,
  { users, now }: ChangesServices,
): Promise<LapseEvent> {
  const [{ here, slipping, at_risk, lapsed, valueAtRisk }, top] = await Promise.all([
    users.totals({}),
    users.page({ filter: { state: "at_risk" }, order: "value_at_risk", limit: mostNamed }),
  ]);
  const day = formatDay(snapshot);
  return digest.make({
    id: `${day}.${version}`,
    source: "/lapse/changes",
    time: new Date(now()).toISOString(),
    data: {
      ...{
        snapshot: day,
        model_version: version,
        here,
        slipping,
        at_risk,
        lapsed,
        value_at_risk: valueAtRisk,
        changed,
      },
      top: top.users.map(({ userId, probability = 0, value, reasons }) => ({
        ...{ user_id: userId, probability, value, reasons: reasons.map(({ sentence }) => sentence) },
      })),
    },
  });
}
