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
  /** With the scores of former lists. */
  readonly users: readonly ListedUser[];
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

export async function usersView(
  chosen: ChosenUsers,
  cursor: string | undefined,
  { users, models, audit }: DeskServices,
): Promise<UsersView> {
  const filter = filterOf(chosen);
  const [page, totals, groups] = await Promise.all([
    users.page({ filter, order: orderOf(chosen), limit: usersOnPage, cursor, withFormerScores: true }),
    users.totals(filter),
    reasonGroups(models),
  ]);
  const risk = await thresholdsOfList(audit, page.users[0]);
  return { chosen, ...page, totals, groups, risk, isFurther: cursor !== undefined };
}

/** The groups of the features of the model in service, by name. */
async function reasonGroups(models: Pick<DeskServices["models"], "alias" | "manifest">): Promise<readonly string[]> {
  const champion = await models.alias("champion");
  if (champion === undefined) return [];
  const manifest = await readableManifest(champion.version, models);
  return [...new Set(manifest?.features.map(groupOf))].sort();
}
