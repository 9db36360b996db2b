import { startOf } from "#churn/day.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { Ledger, LedgerEntry } from "#stores/ledger/ledger.ts";

/**
 * The ledger, to which each entry is added with the arm of its user in the campaign that is under way at the snapshot, if
 * there is one: suppression sees to it that there is at most one.
 */
export function withArms(
  ledger: Pick<Ledger, "append" | "firstSnapshot">,
  campaigns: Pick<CampaignStore, "assignmentsOf">,
): Pick<Ledger, "append" | "firstSnapshot"> {
  return {
    firstSnapshot: () => ledger.firstSnapshot(),
    append: async (entries) => {
      const assignments = await campaigns.assignmentsOf([...new Set(entries.map(({ userId }) => userId))]);
      const withArm = (entry: LedgerEntry): LedgerEntry => {
        const [start, end] = [startOf(entry.snapshot), startOf(entry.snapshot + 1)];
        const current = assignments
          .get(entry.userId)
          ?.findLast(({ assignedAt, closesAt }) => assignedAt < end && closesAt > start);
        return current === undefined ? entry : { ...entry, arm: current.arm };
      };
      await ledger.append(entries.map(withArm));
    },
  };
}
