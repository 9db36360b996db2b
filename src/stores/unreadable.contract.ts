import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { windowEnd } from "#churn/campaign/campaign.ts";
import { rowWeight } from "#churn/campaign/protect.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import type { CampaignAssignment } from "./campaigns/campaign-store.ts";
import { Enrolments } from "./campaigns/enrolments.ts";
import { CampaignExists, UsersTaken } from "./campaigns/failures.ts";
import { StoreDamaged } from "./failures.ts";
import type { RowRange } from "./features/feature-store.ts";
import type { Stores } from "./open-stores.ts";
import type { UnreadableDocuments } from "./unreadable-documents.ts";

/** What is kept of each user, and is read of all of them. */
export type KeptOfUsers = "actions" | "features" | "users" | "ledger" | "contacts" | "campaigns";

/** Of an assignment the first four; of a contact; of an opt-out. */
export type FieldOfUsers = "arm" | "assigned" | "closes" | "assigned user" | "contacted" | "opted out";

/** What `make` is called with, and returns. */
export interface UnreadableSubject {
  readonly stores: Stores;
  /** Makes what is kept of these users unreadable, as a fault of a disk or of somebody's script may. */
  damage(kept: KeptOfUsers, userIds: readonly string[]): Promise<void>;
  /** Takes a field of what is kept of these users away. */
  remove(field: FieldOfUsers, userIds: readonly string[]): Promise<void>;
  /** Makes a campaign unreadable, but for its id. */
  damageCampaign(campaignId: string): Promise<void>;
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

    it.each<[FieldOfUsers, object, number]>([
      ["arm", { assignedAt: keptAt, closesAt: window.closesAt }, window.closesAt],
      ["assigned", { assignedAt: 0, closesAt: window.closesAt }, window.closesAt],
      // Until the month is over in which the campaign ends.
      ["closes", { assignedAt: keptAt, closesAt: window.monthEnd }, window.monthEnd],
    ])(
      "keeps in a campaign, as one who was treated, whoever was assigned without %s",
      async (field, times, closesAt) => {
        const { stores, remove } = subject;
        const { campaigns } = stores;
        const id = `without-${field}`;
        await assign(stores, id);
        await remove(field, ["ben"]);
        told.length = 0;
        const ofBen = { campaignId: id, userId: "ben", arm: "treatment", ...times };
        const reaching = async (from: number) => {
          const found: CampaignAssignment[] = [];
          for await (const one of campaigns.overlapping({ from, before: from + 1 }))
            if (one.campaignId === id) found.push(one);
          return found.sort((a, b) => (a.userId < b.userId ? -1 : 1));
        };
        const rest = { campaignId: id, arm: "control", assignedAt: keptAt, closesAt: window.closesAt };
        expect(await reaching(keptAt)).toEqual([{ ...rest, userId: "ann" }, ofBen, { ...rest, userId: "cat" }]);
        expect(told).toMatchObject([{ documents: 1, named: [{ userId: "ben" }] }]);
        expect((await reaching(closesAt - 1)).map(({ userId }) => userId)).toContain("ben");
        expect((await reaching(closesAt)).map(({ userId }) => userId)).not.toContain("ben");
        expect((await campaigns.assignmentsOf(["ben"])).get("ben")).toEqual([ofBen]);
        await campaigns.create(exampleCampaign({ id: "next", startsAt: keptAt, lastAssignedAt: keptAt }));
        await campaigns.assign(exampleCampaign({ id: "next", startsAt: keptAt, lastAssignedAt: keptAt }), [
          { ...assignment, userId: "ben" },
        ]);
        // Damaged in both.
        await remove(field, ["ben"]);
        await expect(campaigns.freezeAlone("next")).rejects.toThrow(UsersTaken);
        await campaigns.remove("next");
        await campaigns.remove(id);
      },
    );

    it("fails what must know everybody of a campaign where one has no name", async () => {
      const { stores, remove } = subject;
      await assign(stores, "nameless");
      await remove("assigned user", ["ben"]);
      await expect(idsOf(stores.campaigns.overlapping({ from: keptAt, before: keptAt + 1 }))).rejects.toThrow(
        StoreDamaged,
      );
      expect(await stores.campaigns.remove("nameless")).toBe(3);
    });

    it("leaves out a campaign that is damaged, whose users stay taken, as treated, until it is removed", async () => {
      const { stores, damageCampaign } = subject;
      const { campaigns } = stores;
      await assign(stores, "damaged");
      await campaigns.create(exampleCampaign({ id: "sound" }));
      await damageCampaign("damaged");
      told.length = 0;
      const ids = (await campaigns.campaigns()).map(({ id }) => id);
      expect(ids).toContain("sound");
      expect(ids).not.toContain("damaged");
      expect(told).toMatchObject([{ documents: 1 }]);
      await expect(campaigns.campaign("damaged")).rejects.toThrow(StoreDamaged);
      await expect(campaigns.freeze("damaged")).rejects.toThrow(StoreDamaged);
      await expect(campaigns.create(exampleCampaign({ id: "damaged" }))).rejects.toThrow(CampaignExists);
      expect([...(await campaigns.assignmentsOf(["ann", "ben", "dan"])).keys()].sort()).toEqual(["ann", "ben"]);
      const enrolments = await Enrolments.open(campaigns, day, day + 1);
      // In the order of histories.
      for (const userId of ["ann", "ben", "cat"].sort((a, b) => bucketOf(a) - bucketOf(b)))
        expect(rowWeight(await enrolments.of(userId), day, churn)).toBe(0);
      await enrolments.close();
      await campaigns.assign(exampleCampaign({ id: "sound" }), [{ ...assignment, userId: "ann" }]);
      await expect(campaigns.freezeAlone("sound")).rejects.toThrow(UsersTaken);
      expect(await campaigns.remove("damaged")).toBe(3);
      expect(await campaigns.freezeAlone("sound")).toMatchObject({ isFrozen: true });
      await campaigns.remove("sound");
    });

    it("keeps from being contacted who was, or who wants it, where it cannot be read when", async () => {
      const { stores, remove } = subject;
      const people = ["eve", "fay"];
      await stores.contacts.append(
        people.map((userId) => ({ userId, time: keptAt, campaignId: "x", channel: "mail" })),
      );
      await stores.contacts.optOut(people.map((userId) => ({ userId, time: keptAt })));
      await remove("contacted", ["eve"]);
      await remove("opted out", ["eve"]);
      told.length = 0;
      const states = await stores.contacts.statesOf(people, keptAt);
      expect(states.get("eve")).toEqual({ lastContactedAt: window.monthEnd, optedOutAt: 0 });
      expect(states.get("fay")).toEqual({ lastContactedAt: keptAt, optedOutAt: keptAt });
      expect(told.flatMap(({ named }) => named.map(({ userId }) => userId))).toEqual(["eve", "eve"]);
      const later = await stores.contacts.statesOf(people, window.monthEnd + 1);
      expect(later.get("eve")).toEqual({ lastContactedAt: undefined, optedOutAt: 0 });
    });

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
const window = { closesAt: windowEnd(keptAt, campaign.windowDays), monthEnd: Date.UTC(2026, 1, 1) - 1 };
const assignment = { arm: "control", assignedAt: keptAt, covariates: [], outcomes: [] } as const;

/** A frozen campaign, which ends in January, of three users. */
async function assign({ campaigns }: Stores, id: string): Promise<void> {
  const own = exampleCampaign({ id });
  await campaigns.create(own);
  await campaigns.assign(
    own,
    ["ann", "ben", "cat"].map((userId) => ({ ...assignment, userId })),
  );
  await campaigns.freeze(id);
}

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
