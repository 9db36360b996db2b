import type { ListedUser } from "#churn/list/listed-user.ts";
import { riskOf } from "#churn/reasons/reasons.ts";
import { type RiskChange, type RiskThen, riskChange } from "#churn/risk-change.ts";
import type { Ledger } from "#stores/ledger/ledger.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { readableManifest } from "#stores/models/readable.ts";
import type { UserFilter, UserList } from "#stores/users/user-list.ts";

export interface ChangeServices {
  readonly users: Pick<UserList, "page">;
  readonly ledger: Pick<Ledger, "lastShown" | "firstSnapshot">;
  readonly models: Pick<ModelStore, "manifest">;
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

/** How many lists back it is looked for when a user was last high or low. */
const listsBack = 30;

/**
 * The next changes from a place in the list on, at most 1,000, and where the next ones begin; without a next place there are no
 * more. Reads the list page by page, and the ledger only of users whose change is possible.
 */
export async function changesFrom(
  from: Place,
  services: ChangeServices,
): Promise<{ readonly changes: readonly ToldChange[]; readonly next: Place | undefined }> {
  const changes: ToldChange[] = [];
  const risks = riskReader(services.models);
  let place: Place | undefined = from;
  while (place !== undefined && changes.length === 0) {
    const { part, cursor }: Place = place;
    const page = await services.users.page({ filter: filters[part], order: "user_id", limit: pageSize, cursor });
    const possible = page.users.filter((user) => isPossible[part](user));
    const shown = await services.ledger.lastShown(
      possible.map(({ userId }) => userId),
      listsBack,
    );
    for (const user of possible) {
      const entries = (shown.get(user.userId) ?? []).filter(({ snapshot }) => snapshot < user.snapshot);
      const before: RiskThen[] = [];
      for (const { modelVersion, probability } of entries) before.push(await risks(modelVersion, probability));
      const change = riskChange(before, user.state === "lapsed" ? "lapsed" : (user.risk ?? "low"));
      if (change !== part) continue;
      const risk = before.at(-1);
      const previous = risk && { risk, probability: entries.at(-1)?.probability };
      changes.push({ user, change, previous });
    }
    place = page.next === undefined ? after(part) : { part, cursor: page.next };
  }
  return { changes, next: place };
}

const filters: Readonly<Record<RiskChange, UserFilter>> = {
  entered: { state: "at_risk" },
  left: { state: "here" },
  lapsed: { state: "lapsed" },
};

/** Whether the list alone does not rule it out. */
const isPossible: Readonly<Record<RiskChange, (user: ListedUser) => boolean>> = {
  entered: ({ riskBefore }) => riskBefore !== "high",
  left: ({ risk, riskBefore }) => risk === "low" && (riskBefore === "high" || riskBefore === "medium"),
  lapsed: ({ riskBefore }) => riskBefore === "high" || riskBefore === "medium",
};

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

/** What a probability was by the thresholds of the version that gave it, each of which is read once. */
function riskReader(models: Pick<ModelStore, "manifest">) {
  const read = new Map<string, Awaited<ReturnType<ModelStore["manifest"]>>["thresholds"] | undefined>();
  return async (version: string, probability: number | undefined): Promise<RiskThen> => {
    if (probability === undefined) return "lapsed";
    if (!read.has(version)) {
      // Of a version that retention has deleted, what its users were is not known any more.
      read.set(version, (await readableManifest(version, models))?.thresholds);
    }
    const thresholds = read.get(version);
    return thresholds === undefined ? "medium" : riskOf(probability, thresholds);
  };
}
