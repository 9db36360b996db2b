import { expect, it } from "vitest";
import type { Arm } from "#churn/campaign/campaign.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { costOf } from "./cost.ts";

const campaign = exampleCampaign({ costPerContact: 2 });

/** What a campaign of 80 users cost, of whom the windows of `waiting` are open. Those of the treatment are worth about 10 more. */
function costWith(waiting: number) {
  const tally = new CampaignTally(campaign, [
    { name: "left", kind: "share", good: "less" },
    { name: "value", kind: "amount", good: "more" },
  ]);
  for (let i = 0; i < 80; i++) {
    const arm: Arm = i % 2 === 0 ? "treatment" : "control";
    const outcomes = [i % 3 === 0 ? 1 : 0, (arm === "treatment" ? 15 : 5) + (i % 5)];
    const user = { userId: `user-${i}`, arm, assignedAt: 0, covariates: [], outcomes: [] };
    tally.add(user, i < 80 - waiting ? outcomes : undefined);
  }
  return costOf(campaign, tally.result(), { treatment: 0 });
}

it("sets the value that was kept against the cost of all contacts only when all windows have closed", () => {
  expect(costWith(0)).toMatchObject({ total: 80, contacts: 40, net: { value: expect.closeTo(320, -1.5) } });
  expect(costWith(10)).toMatchObject({ total: 80, contacts: 40, net: undefined });
});
