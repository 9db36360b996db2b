import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import type { Arm } from "#churn/campaign/campaign.ts";
import { startOf } from "#churn/day.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { shownResult } from "../api-schema.ts";

const campaign = exampleCampaign({ controlShare: 0.5 });
const firstDay = campaign.startsAt / 86_400_000;
const users = 40;
let local: LocalLapse;

function usersIn(arm: Arm): string[] {
  return Array.from({ length: users }, (_, i) => `${arm}-${i}`);
}

beforeAll(async () => {
  local = await startLocalLapse({ now: () => startOf(firstDay + campaign.windowDays + 5) });
  const { campaigns, contacts, actions } = local.stores;
  await campaigns.create(campaign);
  const assigned = { assignedAt: campaign.startsAt, probability: 0.5, value: 10, covariates: [], outcomes: [] };
  await campaigns.assign(
    campaign,
    (["treatment", "control"] as const).flatMap((arm) => usersIn(arm).map((userId) => ({ ...assigned, userId, arm }))),
  );
  await campaigns.freeze(campaign.id);
  await contacts.optOut(
    ["treatment-7", "control-7"].map((userId) => ({ userId, time: campaign.startsAt + 86_400_000 })),
  );
  // Someone else is active from day to day, so that the log tells of the whole window.
  const days = Array.from({ length: campaign.windowDays + 4 }, (_, i) => startOf(firstDay + i));
  await actions.append(days.map((time) => ({ userId: "other", action: "visit", time })));
  await actions.rollUp();
});

afterAll(() => local.close());

async function read(path: string, accept: string): Promise<string> {
  const response = await fetch(`${local.url}/v1/campaigns/${campaign.id}${path}`, { headers: { accept } });
  expect(response.status, path).toBe(200);
  return response.text();
}

it("leaves who opts out after the list was frozen out of the users to contact, as JSON and as CSV", async () => {
  const toContact = usersIn("treatment").filter((userId) => userId !== "treatment-7");
  const audience = z.object({ users: z.array(z.object({ user_id: z.string() })) });
  const { users: shown } = audience.parse(JSON.parse(await read("/audience", "application/json")));
  expect(shown.map(({ user_id }) => user_id).sort()).toEqual(toContact.sort());
  for (const csv of [await read("/audience", "text/csv"), await read("/audience?format=csv", "*/*")]) {
    const [head, ...lines] = csv.trimEnd().split("\n");
    expect(head).toBe("user_id,campaign,probability,value,because");
    expect(lines.sort()).toEqual(toContact.map((userId) => `${userId},${campaign.id},0.5,10,`).sort());
  }
});

it("still counts them in the arm that chance gave them", async () => {
  const result = shownResult.parse(JSON.parse(await read("/result", "application/json")));
  expect(result.campaign.sizes).toEqual({ treatment: users, control: users });
  expect(result.closed).toEqual({ treatment: users, control: users });
  expect(result.outcomes[0]).toMatchObject({ name: "left", sizes: { treatment: users, control: users } });
});
