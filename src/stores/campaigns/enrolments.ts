import { type Enrolment, enrolmentOf } from "#churn/campaign/protect.ts";
import { type Day, startOf } from "#churn/day.ts";
import { compareUserIds } from "../user-order.ts";
import type { CampaignAssignment, CampaignStore } from "./campaign-store.ts";

/**
 * The campaigns that users were part of, read beside their histories: both come in the same order, so that nothing but the
 * present user is in memory.
 */
export class Enrolments {
  readonly #assignments: AsyncIterator<CampaignAssignment>;
  readonly #shares: ReadonlyMap<string, number>;
  #next: CampaignAssignment | undefined;

  private constructor(assignments: AsyncIterator<CampaignAssignment>, shares: ReadonlyMap<string, number>) {
    this.#assignments = assignments;
    this.#shares = shares;
  }

  /** Those whose windows reach into the days from `from` to the one before `before`. */
  static async open(
    campaigns: Pick<CampaignStore, "campaigns" | "overlapping">,
    from: Day,
    before: Day,
  ): Promise<Enrolments> {
    const shares = new Map((await campaigns.campaigns()).map(({ id, controlShare }) => [id, controlShare]));
    const range = { from: startOf(from), before: startOf(before) };
    const enrolments = new Enrolments(campaigns.overlapping(range)[Symbol.asyncIterator](), shares);
    await enrolments.#advance();
    return enrolments;
  }

  /** Those of one user; to be asked of users in the order of ActionStore.histories. */
  async of(userId: string): Promise<readonly Enrolment[]> {
    const found: Enrolment[] = [];
    while (this.#next !== undefined && compareUserIds(this.#next.userId, userId) <= 0) {
      if (this.#next.userId === userId) found.push(enrolmentOf(this.#next, this.#shares.get(this.#next.campaignId)));
      await this.#advance();
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#assignments.return?.();
  }

  async #advance(): Promise<void> {
    const next = await this.#assignments.next();
    this.#next = next.done ? undefined : next.value;
  }
}
