import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { armOf } from "#churn/campaign/arm.ts";
import type { Assignment, Campaign } from "#churn/campaign/campaign.ts";
import { windowEnd } from "#churn/campaign/campaign.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import { parseDay, startOf } from "#churn/day.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import type { CampaignStore } from "./campaign-store.ts";
import { CampaignExists, CampaignNotFound, UsersTaken } from "./failures.ts";

export interface OpenCampaignStore {
  readonly store: CampaignStore;
  /** Closes the store and opens what it stored. */
  reopen(): Promise<CampaignStore>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every CampaignStore must do; `open` returns an empty one. */
export function describeCampaignStore(name: string, open: () => Promise<OpenCampaignStore>): void {
  describe(`${name} as a store of campaigns`, () => {
    let opened: OpenCampaignStore;
    let store: CampaignStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect(await store.campaigns()).toEqual([]);
      expect(await store.campaign("spring")).toBeUndefined();
      expect(await all(store.assignments("spring"))).toEqual([]);
      expect(await store.assignmentsOf(["ann"])).toEqual(new Map());
      expect(await store.assignmentsOf([])).toEqual(new Map());
      expect(await all(store.overlapping({ from: 0, before: may1 }))).toEqual([]);
      expect(await store.remove("spring")).toBeUndefined();
      expect(await store.erase(["ann"])).toBe(0);
      expect(await store.erase([])).toBe(0);
      expect(await store.dropMonthsBefore(parseDay("2026-05-01")!)).toBe(0);
    });

    it("returns campaigns exactly, the one created last first, also after reopening", async () => {
      const autumn = { ...spring, id: "autumn", createdAt: spring.createdAt + 1, outcomes: [], covariates: [] };
      const saveRate = { value: 0.1, low: 0.05, high: 0.15 };
      const economics = { costPerContact: 0.5, incentive: 2, takeUp: 0.5, saveRate, capacity: 70 };
      const winter: Campaign = { ...autumn, id: "winter", order: { economics, worth: { each: 9, windows: 1.5 } } };
      const summer: Campaign = { ...autumn, id: "summer", order: "probability" };
      for (const campaign of [spring, autumn, winter, summer]) await store.create(campaign);
      const expected = [autumn, summer, winter, spring].map((campaign) => ({
        ...campaign,
        isFrozen: false,
        sizes: none,
      }));
      expect(await store.campaigns()).toEqual(expected);
      store = await opened.reopen();
      expect(await store.campaigns()).toEqual(expected);
      expect(await store.campaign("spring")).toEqual(expected[3]);
    });

    it("refuses a second campaign of one id, and keeps the first", async () => {
      await store.create(spring);
      await expect(store.create({ ...spring, name: "Other" })).rejects.toThrow(CampaignExists);
      expect((await store.campaign("spring"))?.name).toBe("Spring");
    });

    it("creates a campaign once when several do so at once", async () => {
      const results = await Promise.allSettled([1, 2, 3].map((n) => store.create({ ...spring, name: `Spring ${n}` })));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await store.campaigns()).toHaveLength(1);
    });

    it("knows no campaign that is not there", async () => {
      await expect(store.freeze("spring")).rejects.toThrow(CampaignNotFound);
      await expect(store.recordResult("spring", new CampaignTally(spring, []).result())).rejects.toThrow(
        CampaignNotFound,
      );
    });

    it("keeps who was left out when it is frozen, and what was decided then", async () => {
      await store.create({ ...spring, restDays: 30 });
      await store.assign(spring, [assignment("ann")]);
      const leftOut = { "opted out": 2, "contacted lately": 1 };
      expect(await store.freeze("spring", leftOut, true)).toMatchObject({ leftOut, restDays: 30, isCapped: true });
      expect(await store.freeze("spring", {}, false)).toMatchObject({ leftOut, isCapped: true });
      store = await opened.reopen();
      expect(await store.campaign("spring")).toMatchObject({ leftOut, restDays: 30, isCapped: true });
    });

    it("streams assignments exactly, in order, and of one arm", async () => {
      const assignments = [
        ...users.map((userId, i) => assignment(userId, { probability: i / users.length, value: i * 1.1 })),
        assignment("ann", { probability: undefined, value: undefined, covariates: [Number.NaN, -2], outcomes: [null] }),
      ];
      await store.create(spring);
      await store.assign(spring, assignments.slice(0, 100));
      await store.assign(spring, assignments.slice(100));
      await store.assign(spring, []);
      const expected = inOrder(assignments);
      expect(await all(store.assignments("spring"))).toEqual(expected);
      store = await opened.reopen();
      expect(await all(store.assignments("spring"))).toEqual(expected);
      for (const arm of ["treatment", "control"] as const)
        expect(await all(store.assignments("spring", arm))).toEqual(expected.filter((one) => one.arm === arm));
      expect(await all(store.assignments("autumn"))).toEqual([]);
    });

    it("keeps users as they were first assigned", async () => {
      await store.create(spring);
      await store.assign(spring, [assignment("ann", { arm: "control" }), assignment("ann", { arm: "treatment" })]);
      await store.assign(spring, [assignment("ann", { arm: "treatment", value: 9 }), assignment("ben")]);
      expect((await all(store.assignments("spring"))).map(({ userId, arm, value }) => [userId, arm, value])).toEqual(
        inOrder([assignment("ann"), assignment("ben")]).map(({ userId }) => [
          userId,
          userId === "ann" ? "control" : armOf("spring", "ben", 0.2),
          1,
        ]),
      );
    });

    it("counts the arms when a campaign is frozen", async () => {
      await store.create(spring);
      await store.assign(spring, [
        assignment("ann", { arm: "control" }),
        assignment("ben", { arm: "treatment" }),
        assignment("cy", { arm: "treatment" }),
      ]);
      const frozen = { ...spring, isFrozen: true, sizes: { treatment: 2, control: 1 } };
      expect(await store.freeze("spring")).toEqual(frozen);
      expect(await store.freeze("spring")).toEqual(frozen);
      expect(await store.campaign("spring")).toEqual(frozen);
    });

    it("freezes one of several that take the same users at once, and another with other users", async () => {
      const ids = ["autumn", "spring", "summer"];
      for (const id of [...ids, "winter"]) await store.create({ ...spring, id });
      for (const id of ids) await store.assign({ ...spring, id }, [assignment("ann"), assignment(`only ${id}`)]);
      await store.assign({ ...spring, id: "winter" }, [assignment("ben")]);
      const frozen = await Promise.allSettled(
        [...ids, "winter"].map((id) => store.freezeAlone(id, { "opted out": 1 })),
      );
      expect(frozen.at(-1)?.status).toBe("fulfilled");
      const [first, ...others] = frozen.slice(0, -1).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(first).toMatchObject({ isFrozen: true, leftOut: { "opted out": 1 } });
      expect(others).toEqual([]);
      for (const id of ids.filter((one) => one !== first!.id)) {
        await expect(store.freezeAlone(id)).rejects.toThrow(
          new UsersTaken(id, { users: 1, campaigns: [first!.id] }).message,
        );
        expect((await store.campaign(id))?.isFrozen).toBe(false);
      }
      expect(await store.freezeAlone(first!.id)).toEqual(first);
      expect((await store.campaigns()).filter(({ isFrozen }) => isFrozen).map(({ id }) => id)).toEqual(
        [first!.id, "winter"].sort(),
      );
      await expect(store.freezeAlone("none")).rejects.toThrow(CampaignNotFound);
    });

    it("freezes a campaign alone whose users are in others whose windows have closed, or that were never frozen", async () => {
      const next = { ...spring, id: "next", startsAt: may1, lastAssignedAt: may1 };
      for (const campaign of [spring, { ...spring, id: "interrupted" }, next]) {
        await store.create(campaign);
        await store.assign(campaign, [assignment("ann", { assignedAt: campaign.startsAt })]);
      }
      await store.freezeAlone("spring");
      expect(await store.freezeAlone("next")).toMatchObject({ isFrozen: true });
      for (const id of ["spring", "next"]) await store.remove(id);
      expect(await store.freezeAlone("interrupted")).toMatchObject({ isFrozen: true });
    });

    it("finds the frozen campaigns of users", async () => {
      const autumn = { ...spring, id: "autumn" };
      const winter = { ...spring, id: "winter" };
      for (const campaign of [spring, autumn, winter]) await store.create(campaign);
      await store.assign(spring, [assignment("🦆", { arm: "control" }), assignment("ben"), assignment("cy")]);
      await store.assign(autumn, [assignment("🦆", { arm: "treatment", assignedAt: april1 + 90_000 })]);
      await store.assign(winter, [assignment("🦆")]);
      await store.freeze("spring");
      await store.freeze("autumn");
      const found = await store.assignmentsOf(["🦆", "ben", "nobody"]);
      expect([...found.keys()].sort()).toEqual(["ben", "🦆"]);
      expect(found.get("🦆")).toEqual([
        { campaignId: "spring", userId: "🦆", arm: "control", assignedAt: april1, closesAt: may1 },
        {
          campaignId: "autumn",
          userId: "🦆",
          arm: "treatment",
          assignedAt: april1 + 90_000,
          closesAt: may1 + 86_400_000,
        },
      ]);
    });

    it("streams the assignments whose windows reach into a range, in the order of histories", async () => {
      const autumn = { ...spring, id: "autumn" };
      await store.create(spring);
      await store.create(autumn);
      await store.assign(
        spring,
        users.map((userId) => assignment(userId)),
      );
      await store.assign(
        autumn,
        users.slice(0, 50).map((userId) => assignment(userId, { assignedAt: may1 })),
      );
      await store.freeze("spring");
      const expected = inOrder(users.map((userId) => assignment(userId))).map(({ userId, arm }) => ({
        campaignId: "spring",
        userId,
        arm,
        assignedAt: april1,
        closesAt: windowEnd(april1, 30),
      }));
      expect(await all(store.overlapping({ from: 0, before: may1 }))).toEqual(expected);
      expect(await all(store.overlapping({ from: may1 - 1, before: may1 }))).toEqual(expected);
      expect(await all(store.overlapping({ from: may1, before: 2 * may1 }))).toEqual([]);
      expect(await all(store.overlapping({ from: 0, before: april1 }))).toEqual([]);
      await store.freeze("autumn");
      const both = await all(store.overlapping({ from: 0, before: 2 * may1 }));
      expect(both).toHaveLength(users.length + 50);
      expect(both.filter(({ campaignId }) => campaignId === "spring")).toEqual(expected);
      expect(both.map(({ userId }) => bucketOf(userId))).toEqual(
        both.map(({ userId }) => bucketOf(userId)).toSorted((a, b) => a - b),
      );
    });

    it("keeps a result exactly, and no other is changed", async () => {
      const tally = new CampaignTally(spring, spring.outcomes);
      for (const [i, userId] of users.entries())
        tally.add(assignment(userId, { probability: (i % 10) / 10 }), [i % 3 === 0 ? 1 : 0]);
      const result = tally.result();
      await store.create(spring);
      await store.create({ ...spring, id: "autumn" });
      await store.freeze("spring");
      await store.recordResult("spring", result);
      store = await opened.reopen();
      expect((await store.campaign("spring"))?.result).toEqual(result);
      expect((await store.campaign("spring"))?.isFrozen).toBe(true);
      expect((await store.campaign("autumn"))?.result).toBeUndefined();
      const empty = new CampaignTally(spring, spring.outcomes).result();
      await store.recordResult("autumn", empty);
      expect((await store.campaign("autumn"))?.result).toEqual(empty);
    });

    it("removes a campaign with its assignments, and no other", async () => {
      const autumn = { ...spring, id: "autumn" };
      for (const campaign of [spring, autumn]) {
        await store.create(campaign);
        await store.assign(campaign, [assignment("ann"), assignment("ben")]);
        await store.freeze(campaign.id);
      }
      expect(await store.remove("spring")).toBe(2);
      expect((await store.campaigns()).map(({ id }) => id)).toEqual(["autumn"]);
      expect(await all(store.assignments("autumn"))).toHaveLength(2);
      await store.create(spring);
      expect(await all(store.assignments("spring"))).toEqual([]);
    });

    it("erases users and no others", async () => {
      await store.create(spring);
      await store.assign(
        spring,
        users.map((userId) => assignment(userId)),
      );
      await store.freeze("spring");
      const erased = ["user-5", "🦆", "ü".repeat(256), "nobody"];
      expect(await store.erase([...erased, "🦆"])).toBe(3);
      expect(await store.erase(erased)).toBe(0);
      const left = (await all(store.assignments("spring"))).map(({ userId }) => userId);
      expect(new Set(left)).toEqual(new Set(users.filter((userId) => !erased.includes(userId))));
      expect(await store.assignmentsOf(erased)).toEqual(new Map());
    });

    it("drops the assignments of campaigns that ended long ago, and keeps the campaigns", async () => {
      // The window of the first closes with the end of April, which is the first moment of May.
      const march = { ...spring, id: "march", lastAssignedAt: april1 - 86_400_000 };
      for (const campaign of [spring, march]) {
        await store.create(campaign);
        await store.assign(campaign, [assignment("ann", { assignedAt: campaign.lastAssignedAt }), assignment("ben")]);
        await store.freeze(campaign.id);
      }
      expect(await store.dropMonthsBefore(parseDay("2026-05-20")!)).toBe(2);
      expect(await store.dropMonthsBefore(parseDay("2026-05-20")!)).toBe(0);
      expect(await all(store.assignments("march"))).toEqual([]);
      expect(await all(store.assignments("spring"))).toHaveLength(2);
      expect((await store.campaign("march"))?.sizes.treatment).toBeGreaterThanOrEqual(0);
    });

    it("takes many assignments in batches, and can still be used after a stream is abandoned", async () => {
      const many = Array.from({ length: 6_000 }, (_, i) => assignment(`user-${i}`));
      await store.create(spring);
      for (let from = 0; from < many.length; from += 2_500) await store.assign(spring, many.slice(from, from + 2_500));
      await store.assign(spring, many.slice(0, 3_000));
      const { sizes } = await store.freeze("spring");
      expect(sizes.treatment + sizes.control).toBe(6_000);
      for await (const one of store.assignments("spring")) {
        expect(one.userId).toMatch(/^user-/);
        break;
      }
      expect(await all(store.assignments("spring"))).toEqual(inOrder(many));
    });
  });
}

const april1 = startOf(parseDay("2026-04-01")!);
const may1 = startOf(parseDay("2026-05-01")!);
const none = { treatment: 0, control: 0 };
const users = [...Array.from({ length: 300 }, (_, i) => `user-${i}`), ...oddUserIds];

const spring = exampleCampaign({
  audience: "at risk, value at least 10",
  costPerContact: 0.55,
  incentive: 5,
  outcomes: [{ name: "retained", kind: "share", good: "more" }],
  covariates: ["tenure", "active days"],
  startsAt: april1,
  lastAssignedAt: april1,
  createdAt: april1,
});

function assignment(userId: string, changes: Partial<Assignment> = {}): Assignment {
  return {
    userId,
    arm: armOf("spring", userId, 0.2),
    assignedAt: april1,
    probability: 0.25,
    value: 1,
    covariates: [1.5, 2],
    outcomes: [1],
    ...changes,
  };
}

function inOrder(assignments: readonly Assignment[]): Assignment[] {
  return assignments.toSorted(
    (a, b) => bucketOf(a.userId) - bucketOf(b.userId) || Buffer.compare(Buffer.from(a.userId), Buffer.from(b.userId)),
  );
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
