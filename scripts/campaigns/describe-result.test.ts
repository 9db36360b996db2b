import { expect, it } from "vitest";
import type { Arm, Assignment } from "#churn/campaign/campaign.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { describeResult } from "./describe-result.ts";

const campaign: StoredCampaign = {
  ...{ id: "spring", name: "Spring", audience: "at risk", controlShare: 0.5, windowDays: 30, costPerContact: 0.5 },
  ...{ incentive: 0, outcomes: [], covariates: [], startsAt: 0, lastAssignedAt: 0, createdAt: 0, createdBy: "ann" },
  ...{ isFrozen: true, sizes: { treatment: 1_000, control: 1_000 } },
};

it("tells a result in words, with contacts and cost", () => {
  const tally = new CampaignTally(campaign, [
    { name: "left", kind: "share", good: "less" },
    { name: "value", kind: "amount", good: "more" },
  ]);
  for (let i = 0; i < 2_000; i++) {
    const arm = i % 2 === 0 ? "treatment" : "control";
    const assignment: Assignment = { userId: `user-${i}`, arm, assignedAt: 0, covariates: [], outcomes: [] };
    // Of the treatment half leave, of the control group seven in ten.
    const left = (i >> 1) % 10 < (arm === "treatment" ? 5 : 7) ? 1 : 0;
    tally.add(assignment, [left, left === 1 ? 0 : 10]);
  }
  const contacts = { treatment: 1_000, control: 2, others: 1, contactedControls: 1 };
  const text = describeResult(campaign, tally.result(), contacts);
  expect(text).toContain("The treatment is better than none. Users gained among the treated: 200 (");
  expect(text).toContain("Of those who would have left, 28.6 % stayed");
  expect(text).toContain("1 user of the control group was contacted");
  expect(text).toContain("Cost: 500 = 1,000 contacts × 0.5.");
  expect(text).toContain("Contacts of users who are not in the campaign: 1.");
});

it("tells how many more would have been needed where a campaign has ended with too few", () => {
  const few = new CampaignTally(campaign, [{ name: "left", kind: "share", good: "less" }]);
  const none = { treatment: 0, control: 0, others: 0, contactedControls: 0 };
  const user = (i: number, arm: Arm): Assignment => ({
    ...{ userId: `user-${i}`, arm, assignedAt: 0, covariates: [], outcomes: [] },
  });
  for (let i = 0; i < 52; i++) few.add(user(i, i < 12 ? "control" : "treatment"), [i % 2]);
  const text = describeResult(campaign, few.result(), none);
  expect(text).toContain(
    "Too few to tell: 0 in treatment and 18 in control more would have been needed, for 30 in each.",
  );
  for (const untold of ["interval  ", "as they are", "gained", "stayed"]) expect(text).not.toContain(untold);
  few.add(user(52, "control"), undefined);
  expect(describeResult(campaign, few.result(), none)).toContain("Too few to tell yet: fewer than 30 users");
});

it("tells that the list ended at the capacity, where it did", () => {
  const none = { treatment: 0, control: 0, others: 0, contactedControls: 0 };
  const told = (isCapped?: boolean) =>
    describeResult({ ...campaign, isCapped }, new CampaignTally(campaign, []).result(), none);
  expect(told(true)).toContain("The list ended at the capacity of 1,000 contacts, though more users fit.");
  for (const other of [false, undefined]) expect(told(other)).not.toContain("capacity");
});
