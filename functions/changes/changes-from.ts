import type { ListedUser, ListMove } from "#churn/list/listed-user.ts";
import type { RiskChange, RiskThen } from "#churn/risk-change.ts";
import type { Ledger } from "#stores/ledger/ledger.ts";
import type { RunStore } from "#stores/runs/run-store.ts";
import type { UserList } from "#stores/users/user-list.ts";

export interface ChangeServices {
  readonly users: Pick<UserList, "page" | "lastWritten">;
  readonly ledger: Pick<Ledger, "lastShown" | "firstSnapshot">;
  readonly runs: Pick<RunStore, "newest">;
}

/** Where among the changes of a list: first come those who enter risk, then those who leave it, then those who lapse. */
export interface Place {
  readonly part: RiskChange;
  readonly cursor?: string | undefined;
}

export interface ToldChange {
  readonly user: ListedUser;
  readonly change: RiskChange;
  readonly previous: { readonly risk: RiskThen; readonly probability?: number | undefined } | undefined;
}

/** Users read at a time. */
const pageSize = 1_000;

/**
 * The next changes from a place in the list on, at most 1,000, and where the next ones begin; without a next place there are no
 * more. Reads the list page by page, and the ledger only of users whose risk has changed. Undefined once a run of score has
 * begun after `run`: it may have counted already what was told, and what was read may be of either.
 */
export async function changesFrom(
  from: Place,
  run: number,
  services: ChangeServices,
): Promise<{ readonly changes: readonly ToldChange[]; readonly next: Place | undefined } | undefined> {
  let place: Place | undefined = from;
  while (place !== undefined) {
    const { part, cursor }: Place = place;
    const filter = { untold: moves[part] };
    const page = await services.users.page({ filter, order: "user_id", limit: pageSize, cursor });
    if (await isReplaced(run, services)) return undefined;
    place = page.next === undefined ? after(part) : { part, cursor: page.next };
    if (page.users.length === 0) continue;
    const shown = await services.ledger.lastShown(
      page.users.map(({ userId }) => userId),
      2,
    );
    const changes = page.users.map((user) => ({ user, change: part, previous: previousOf(user, part, shown) }));
    return { changes, next: place };
  }
  return { changes: [], next: undefined };
}

/** Whether a run of score has begun after the one that made a list. */
export async function isReplaced(
  run: number,
  { users, runs }: Pick<ChangeServices, "users" | "runs">,
): Promise<boolean> {
  const [written, newest] = await Promise.all([users.lastWritten(), runs.newest("score")]);
  return written !== run || (newest !== undefined && newest.number > run);
}

/**
 * What a user was on the last list that was told of, and with which probability if that list was of the snapshot before;
 * undefined if they were not on it.
 */
function previousOf(
  user: ListedUser,
  change: RiskChange,
  shown: Awaited<ReturnType<Ledger["lastShown"]>>,
): ToldChange["previous"] {
  const { userId, snapshot, riskBefore } = user;
  const risk = riskTold(user, change);
  if (risk === undefined) return undefined;
  if (risk === "lapsed" || risk !== riskBefore) return { risk };
  return { risk, probability: shown.get(userId)?.findLast((entry) => entry.snapshot < snapshot)?.probability };
}

/** What a change is from: of the list that was told of to its end and a later one that was told of in part, whichever it differs from. */
function riskTold(
  { toldRisk, toldAtRisk, begunRisk, riskBefore }: ListedUser,
  change: RiskChange,
): RiskThen | undefined {
  // In rows from before this was kept, the list of the snapshot before stands for it.
  if (toldAtRisk === undefined) return toldRisk ?? riskBefore;
  const isAtRiskNow = change === "entered";
  return toldAtRisk === isAtRiskNow ? begunRisk : toldRisk;
}

/** The moves of the list, here since the last one that was told of. */
const moves: Readonly<Record<RiskChange, ListMove>> = { entered: "entered", left: "calmed", lapsed: "lost" };

function after(part: RiskChange): Place | undefined {
  switch (part) {
    case "entered":
      return { part: "left" };
    case "left":
      return { part: "lapsed" };
    case "lapsed":
      return undefined;
  }
}
