import { expect, it } from "vitest";
import type { Assignment, Campaign } from "#churn/campaign/campaign.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { renderCampaign } from "./page.ts";
import type { CampaignView } from "./view.ts";

const outcomes = [{ name: "kept", kind: "share", good: "more" }] as const;

/** The page of 80 users whose outcomes came with a file; the windows of the last `waiting`, assigned `days` later, are open. */
function pageOf(waiting: number, days = 20): string {
  const { startsAt } = exampleCampaign();
  const campaign = exampleCampaign({ outcomes, lastAssignedAt: startsAt + (waiting > 0 ? days * 86_400_000 : 0) });
  return renderCampaign(viewOf(campaign, waiting), { reader: undefined, mayOperate: false, hasReceiver: false });
}

function viewOf(campaign: Campaign, waiting: number): CampaignView {
  const tally = new CampaignTally(campaign, outcomes);
  for (let i = 0; i < 80; i++) {
    const arm = i % 2 === 0 ? "treatment" : "control";
    const user: Assignment = {
      userId: `user-${i}`,
      arm,
      assignedAt: 0,
      covariates: [],
      outcomes: [i % 3 === 0 ? 1 : 0],
    };
    tally.add(user, i < 80 - waiting ? user.outcomes : undefined);
  }
  const result = tally.result();
  return {
    campaign: { ...campaign, isFrozen: true, sizes: result.sizes },
    ...{ result, contacts: { treatment: 0, control: 0, others: 0, contactedControls: 0 }, now: campaign.startsAt },
  };
}

it("says that intervals are for a single look where all outcomes came with a file, but not while windows are open", () => {
  const single = "the 95\u00a0% intervals are for a single look";
  expect(pageOf(0)).toContain(single);
  const open = pageOf(10);
  expect(open).not.toContain(single);
  expect(open).toContain("The windows of 70 of 80 users have closed");
  expect(open).toContain("until then the intervals are wider");
});

it("says that there is nothing to see before the end of a campaign whose windows close at once", () => {
  const open = pageOf(80, 0);
  expect(open).toContain("The windows of 0 of 80 users have closed: all close at once on");
  expect(open).not.toContain("Look as often as you like");
});

it("offers to send the list to the webhook where it has an address, and to those who may", () => {
  const pageFor = (reading: { mayOperate: boolean; hasReceiver: boolean; sent?: number }) =>
    renderCampaign(viewOf(exampleCampaign(), 80), { reader: undefined, ...reading });
  const form = 'action="/campaigns/spring/send"';
  const hint = "It can be sent to a webhook too, once WEBHOOK_URL is set.";
  const offered = pageFor({ mayOperate: true, hasReceiver: true });
  expect(offered).toContain(form);
  expect(offered).not.toContain(hint);
  const without = pageFor({ mayOperate: true, hasReceiver: false });
  expect(without).not.toContain(form);
  expect(without).toContain(hint);
  const read = pageFor({ mayOperate: false, hasReceiver: true });
  expect(read).not.toContain(form);
  expect(read).not.toContain(hint);
  // Of what has ended the result comes first, and no one is to be contacted any more.
  const ended = renderCampaign(viewOf(exampleCampaign(), 0), {
    reader: undefined,
    mayOperate: true,
    hasReceiver: true,
  });
  expect(ended).not.toContain(form);
  expect(ended.indexOf("Who left")).toBeLessThan(ended.indexOf("Download the list"));
  expect(offered.indexOf("Download the list")).toBeLessThan(offered.indexOf("The windows of"));
  expect(offered).not.toContain("on the way to the webhook");
  expect(pageFor({ mayOperate: true, hasReceiver: true, sent: 720 })).toContain(
    "720 users are on the way to the webhook.",
  );
});
