import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { StoreDamaged } from "./failures.ts";
import type { RowRange } from "./features/feature-store.ts";
import type { Stores } from "./open-stores.ts";
import type { UnreadableDocuments } from "./unreadable-documents.ts";

/** What is kept of each user, and is read of all of them. */
export type KeptOfUsers = "actions" | "features" | "users" | "ledger" | "contacts" | "campaigns";

/** What `make` is called with, and returns. */
export interface UnreadableSubject {
  readonly stores: Stores;
  /** Makes what is kept of these users unreadable, as a fault of a disk or of somebody's script may. */
  damage(kept: KeptOfUsers, userIds: readonly string[]): Promise<void>;
  dispose(): Promise<void>;
}

/** A time on the first day of what is kept. */
export const keptAt = Date.UTC(2026, 0, 5);
const day = keptAt / 86_400_000;

const userIds = Array.from({ length: 400 }, (_, i) => `user-${String(i).padStart(3, "0")}`);
/** As many as may be left out, and the one that is too much. */
const few = userIds.slice(100, 120);
const oneMore = userIds.slice(120, 121);

/** What the stores of an implementation must do where a part of what is kept cannot be read. */
export function describeUnreadable(
  name: string,
  make: (onUnreadable: (left: UnreadableDocuments) => void) => Promise<UnreadableSubject>,
): void {
  describe(`${name}, of which a part cannot be read`, () => {
    const told: UnreadableDocuments[] = [];
    let subject: UnreadableSubject;

    beforeAll(async () => {
      subject = await make((left) => void told.push(left));
    });

    afterAll(() => subject.dispose());

    it.each<[KeptOfUsers, string]>([
      ["actions", "histories"],
      ["features", "features of a set"],
      ["users", "the list of users"],
      ["ledger", "entries of the ledger"],
      ["contacts", "contacts of a campaign"],
      ["campaigns", "users of a campaign"],
    ])(
      "returns the rest, telling once of a twentieth that it left out, and fails for more: %s (%s)",
      async (kept) => {
        const { stores, damage } = subject;
        await fill[kept](stores);
        // In Elasticsearch the list of users is found about a second after it was written.
        await expect.poll(async () => (await idsOf(read[kept](stores))).sort(), { timeout: 10_000 }).toEqual(userIds);
        await damage(kept, few);
        told.length = 0;
        const rest = userIds.filter((id) => !few.includes(id));
        expect((await idsOf(read[kept](stores))).sort()).toEqual(rest);
        expect(told.map(({ documents, named }) => [documents, named.length])).toEqual([[20, 10]]);
        for (const { userId } of told.flatMap(({ named }) => named)) expect(few).toContain(userId);
        await damage(kept, oneMore);
        told.length = 0;
        const failed = idsOf(read[kept](stores));
        await expect(failed).rejects.toThrow(StoreDamaged);
        await expect(failed).rejects.toThrow(/21 of 40[01] documents or rows cannot be read/);
        // A user stands in a field of their own wherever this is logged.
        await expect(failed).rejects.not.toThrow(/user-\d/);
        expect(told).toMatchObject([{ documents: 21 }]);
      },
      30_000,
    );

    it.each(["actions", "features"] as const)(
      "tells work on a slice how many users it is without: %s",
      async (kept) => {
        const { stores, damage } = subject;
        await fill[kept](stores);
        await damage(kept, [...few, ...oneMore]);
        const counts: number[] = [];
        const slice = (fromBucket: number, beforeBucket: number) =>
          idsOf(read[kept](stores, { fromBucket, beforeBucket, onLeftOut: (left) => void counts.push(left) }));
        // Of 199 users, ten of whom are damaged, and of 201, eleven of whom are.
        expect(await slice(0, 128)).toHaveLength(189);
        expect(counts).toEqual([10]);
        await expect(slice(128, 256)).rejects.toThrow(StoreDamaged);
        expect(counts).toEqual([10]);
      },
    );
  });
}

const churn = { churnDays: 10, leadDays: 0, observeDays: 20 };
const campaign = exampleCampaign();

const fill: Readonly<Record<KeptOfUsers, (stores: Stores) => Promise<unknown>>> = {
  actions: async ({ actions }) => {
    await actions.append(userIds.map((userId) => ({ userId, action: "login", time: keptAt })));
    await actions.rollUp();
  },
  features: async ({ features }) => {
    const definition = { churn, actions: ["login"] };
    await features.putSet({ id: "set", snapshot: day, definition, populations: [churn], names: ["a"] });
    const rows = userIds.map((userId, i) => ({ userId, lapsed: [null], values: [i] }));
    await features.put("set", rows);
  },
  users: ({ users }) =>
    users.put(
      userIds.map((userId) => listedUser(userId)),
      1,
    ),
  ledger: ({ ledger }) =>
    ledger.append(
      userIds.map((userId) => ({
        ...{ userId, snapshot: day, modelVersion: "v1", probability: 0.5 },
        ...({ role: "champion", state: "here" } as const),
      })),
    ),
  contacts: ({ contacts }) =>
    contacts.append(userIds.map((userId) => ({ userId, time: keptAt, campaignId: "spring", channel: "mail" }))),
  campaigns: async ({ campaigns }) => {
    await campaigns.create(campaign);
    const assignment = { arm: "control", assignedAt: keptAt, covariates: [], outcomes: [] } as const;
    await campaigns.assign(
      campaign,
      userIds.map((userId) => ({ userId, ...assignment })),
    );
  },
};

type OfUsers = AsyncIterable<{ readonly userId: string }>;

const read: Readonly<Record<KeptOfUsers, (stores: Stores, range?: RowRange) => OfUsers>> = {
  actions: ({ actions }, range) => actions.histories(range),
  features: ({ features }, range) => features.rows("set", range),
  users: ({ users }) => users.stream({}, "user_id"),
  ledger: ({ ledger }) => ledger.entries(),
  contacts: ({ contacts }) => contacts.contacts("spring"),
  campaigns: ({ campaigns }) => campaigns.assignments("spring"),
};

async function idsOf(items: OfUsers): Promise<string[]> {
  const ids: string[] = [];
  for await (const { userId } of items) ids.push(userId);
  return ids;
}
