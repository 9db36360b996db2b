import { expect, it } from "vitest";
import { startOf } from "#churn/day.ts";
import type { CampaignAssignment } from "#stores/campaigns/campaign-store.ts";
import type { LedgerEntry } from "#stores/ledger/ledger.ts";
import { withArms } from "./with-arms.ts";

it("adds entries with the arm of the campaign that is under way at the snapshot", async () => {
  const assignment = (campaignId: string, arm: "treatment" | "control", day: number): CampaignAssignment => ({
    campaignId,
    userId: "ann",
    arm,
    assignedAt: startOf(day),
    closesAt: startOf(day + 30),
  });
  const campaigns = {
    assignmentsOf: async () => new Map([["ann", [assignment("a", "treatment", 100), assignment("b", "control", 140)]]]),
  };
  const added: LedgerEntry[] = [];
  const ledger = withArms(
    { append: async (entries) => void added.push(...entries), firstSnapshot: async () => added[0]?.snapshot },
    campaigns,
  );
  const entry = (userId: string, snapshot: number): LedgerEntry => ({
    ...{ userId, snapshot, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 },
  });
  await ledger.append([99, 100, 129, 130, 140].map((snapshot) => entry("ann", snapshot)));
  await ledger.append([entry("ben", 100)]);
  expect(added.map(({ arm }) => arm)).toEqual([undefined, "treatment", "treatment", undefined, "control", undefined]);
  expect(added[5]).toEqual(entry("ben", 100));
  expect(await ledger.firstSnapshot()).toBe(99);
});
