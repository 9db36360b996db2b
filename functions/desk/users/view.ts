import { groupOf } from "#churn/features/feature-group.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { RiskRule } from "#churn/risk-rule.ts";
import { thresholdsOfList } from "#stores/audit/list-thresholds.ts";
import { readableManifest } from "#stores/models/readable.ts";
import type { ListTotals } from "#stores/users/user-list.ts";
import type { DeskServices } from "../services.ts";
import { type ChosenUsers, filterOf, orderOf } from "./parameters.ts";

/** What the page of users shows. */
export interface UsersView {
  readonly chosen: ChosenUsers;
  readonly users: readonly ListedUser[];
  /** The last scores of each user, the oldest first. */
  readonly lines: ReadonlyMap<string, readonly number[]>;
  readonly next: string | undefined;
  /** Whether this is not the first page. */
  readonly isFurther: boolean;
  /** Of all states under the same filters. */
  readonly totals: ListTotals;
  /** By what the list calls users at risk; undefined where that is not known. */
  readonly risk: RiskRule | undefined;
  /** What reasons can be about. */
  readonly groups: readonly string[];
}

const usersOnPage = 50;
const scoresInLine = 30;

export async function usersView(
  chosen: ChosenUsers,
  cursor: string | undefined,
  { users, ledger, models, audit }: DeskServices,
): Promise<UsersView> {
  const filter = filterOf(chosen);
  const [page, totals, groups] = await Promise.all([
    users.page({ filter, order: orderOf(chosen), limit: usersOnPage, cursor }),
    users.totals(filter),
    reasonGroups(models),
  ]);
  const risk = await thresholdsOfList(audit, page.users[0]);
  const shown = await ledger.lastShown(
    page.users.map(({ userId }) => userId),
    scoresInLine,
  );
  const lines = new Map(
    Array.from(shown, ([userId, entries]) => [userId, entries.flatMap(({ probability }) => probability ?? [])]),
  );
  return { chosen, ...page, lines, totals, groups, risk, isFurther: cursor !== undefined };
}

/** The groups of the features of the model in service, by name. */
async function reasonGroups(models: Pick<DeskServices["models"], "alias" | "manifest">): Promise<readonly string[]> {
  const champion = await models.alias("champion");
  if (champion === undefined) return [];
  const manifest = await readableManifest(champion.version, models);
  return [...new Set(manifest?.features.map(groupOf))].sort();
}
