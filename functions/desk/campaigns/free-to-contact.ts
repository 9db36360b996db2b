import { type Suppression, suppressionOf } from "#churn/campaign/suppress.ts";
import type { CampaignAssignment, CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";

export interface SuppressionServices {
  readonly campaigns: Pick<CampaignStore, "assignmentsOf">;
  readonly contacts: Pick<ContactStore, "statesOf">;
}

export interface Rest {
  /** No one who was contacted within this many days before `at` may be contacted. */
  readonly restDays: number;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Streams those of `users`, who come in arrays, who may be contacted, in their order; counts the others in `suppressed`. The stores are
 * asked about an array at a time. Who was in the treatment of a campaign counts as contacted when it was frozen, whether or not the contact
 * was reported: its list was there to be contacted from then on.
 */
export async function* freeToContact<User extends { readonly userId: string }>(
  users: AsyncIterable<readonly User[]>,
  { restDays, at }: Rest,
  { campaigns, contacts }: SuppressionServices,
  suppressed: Map<Suppression, number>,
): AsyncGenerator<User[]> {
  for await (const chunk of users) {
    const ids = chunk.map(({ userId }) => userId);
    const states = await contacts.statesOf(ids, at - restDays * 86_400_000);
    const assignments = await campaigns.assignmentsOf(ids);
    yield chunk.filter(({ userId }) => {
      const state = states.get(userId);
      const others = assignments.get(userId) ?? [];
      const reason = suppressionOf(
        {
          isOptedOut: state?.optedOutAt !== undefined,
          isInCampaign: others.some(({ closesAt }) => closesAt > at),
          lastContactedAt: latest([state?.lastContactedAt, lastTreatedAt(others)]),
        },
        { restDays, now: at },
      );
      if (reason !== undefined) suppressed.set(reason, (suppressed.get(reason) ?? 0) + 1);
      return reason === undefined;
    });
  }
}

/** Such as `12 opted out, 3 contacted lately`; empty if no one was left out. */
export function describeSuppressed(suppressed: ReadonlyMap<Suppression, number>): string {
  return [...suppressed].map(([reason, users]) => `${users.toLocaleString("en")} ${reason}`).join(", ");
}

function lastTreatedAt(assignments: readonly CampaignAssignment[]): number | undefined {
  return latest(assignments.map(({ arm, assignedAt }) => (arm === "treatment" ? assignedAt : undefined)));
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a), undefined);
}
