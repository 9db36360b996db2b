import { expect, it } from "vitest";
import type { Arm } from "#churn/campaign/campaign.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import type { StoredCampaign } from "./campaign-store.ts";
import { measuredRate } from "./known-rate.ts";

const left = { name: "left", kind: "share", good: "less" } as const;

/** A campaign that has ended, of 100 users in each arm unless `users` says otherwise, of whom these left. */
function ended(leaving: Readonly<Record<Arm, number>>, isImported = false, users = 100): StoredCampaign {
  const campaign = exampleCampaign({ outcomes: isImported ? [left] : [] });
  const tally = new CampaignTally(campaign, [left]);
  for (const arm of ["treatment", "control"] as const)
    for (let i = 0; i < users; i++) {
      const user = { userId: `${arm}-${i}`, arm, assignedAt: 0, covariates: [], outcomes: [] };
      tally.add(user, [i < leaving[arm] ? 1 : 0]);
    }
  return { ...campaign, isFrozen: true, sizes: { treatment: users, control: users }, result: tally.result() };
}

it("is told from lapse's own campaigns in which users left, and says how many those are", () => {
  const own = ended({ treatment: 30, control: 40 });
  expect(measuredRate([own])).toMatchObject({
    rate: { value: expect.closeTo(0.25, 9) },
    source: "from one campaign",
    isMeasured: true,
  });
  const others = [ended({ treatment: 10, control: 90 }, true), ended({ treatment: 0, control: 0 })];
  expect(measuredRate([own, ...others])).toEqual(measuredRate([own]));
  expect(measuredRate(others)).toBeUndefined();
  expect(measuredRate([own, ended({ treatment: 0, control: 5 })])?.source).toBe("from 2 campaigns");
});

it("is not told by a campaign of too few users to tell anything", () => {
  const few = ended({ treatment: 3, control: 0 }, false, 12);
  expect(measuredRate([few])).toBeUndefined();
  const own = ended({ treatment: 30, control: 40 });
  expect(measuredRate([own, few])).toEqual(measuredRate([own]));
});
