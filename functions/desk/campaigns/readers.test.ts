import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

const campaign = exampleCampaign({ startsAt: Date.now() });
const pages = ["/campaigns", "/campaigns/new?worth=100&save_rate=20", `/campaigns/${campaign.id}`];
const json = "application/json";
const form = "application/x-www-form-urlencoded";
let local: LocalLapse;
let reader: string;
let operator: string;

beforeAll(async () => {
  const webhook = { WEBHOOK_URL: "http://127.0.0.1:9/hook", WEBHOOK_SECRET: `whsec_${"A".repeat(32)}` };
  local = await startLocalLapse({ environment: webhook });
  const risky = { probability: 0.9, risk: "high", value: 100 } as const;
  await local.stores.users.put([listedUser("ann", risky), listedUser("ben", risky)], Date.now());
  const { startsAt: assignedAt } = campaign;
  const common = { assignedAt, probability: 0.9, value: 100, covariates: [], outcomes: [] };
  await local.stores.campaigns.create(campaign);
  await local.stores.campaigns.assign(campaign, [
    { ...common, userId: "cy", arm: "treatment" },
    { ...common, userId: "dee", arm: "control" },
  ]);
  await local.stores.campaigns.freeze(campaign.id);
  reader = (await local.key("read")).text;
  operator = (await local.key("read", "operate")).text;
  // Longer than a keyring may take to see that its file has changed.
  await sleep(1_100);
});

afterAll(() => local.close());

/** The targets of a page's forms that change something. */
async function formsOf(path: string, key: string): Promise<(string | undefined)[]> {
  const response = await fetch(local.url + path, { headers: { authorization: `Bearer ${key}`, accept: "text/html" } });
  expect(response.status, path).toBe(200);
  const forms = (await response.text()).matchAll(/<form method="post" action="([^"]*)"/g);
  return Array.from(forms, ([, action]) => action);
}

describe("who has the role read alone", () => {
  it("is shown no form of a campaign that changes something", async () => {
    for (const path of pages) expect(await formsOf(path, reader), path).toEqual([]);
  });

  it.each([
    ["/campaigns", form, "name=Spring"],
    ["/v1/campaigns", json, '{"name": "Summer", "top": 2}'],
    [`/campaigns/${campaign.id}/send`, form, ""],
    [`/v1/campaigns/${campaign.id}/send`, json, "{}"],
    [`/campaigns/${campaign.id}/contacts`, form, "contacts=ann"],
    [`/campaigns/${campaign.id}/contacts/file`, "multipart/form-data; boundary=x", "--x--"],
    ["/v1/contacts", json, '{"user_id": "ann"}'],
  ])("is refused by POST %s, which names the role that is missing", async (path, type, body) => {
    const headers = { authorization: `Bearer ${reader}`, "content-type": type };
    const response = await fetch(local.url + path, { method: "POST", headers, body });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ role: "operate", error: expect.stringContaining("operate") });
    expect(await local.stores.contacts.contactsOf("ann")).toEqual([]);
    expect(await local.stores.campaigns.campaigns()).toHaveLength(1);
  });
});

describe("who has the role operate besides", () => {
  it("is shown the forms that create a campaign, send its list, and record contacts", async () => {
    const [list, plan, one] = await Promise.all(pages.map((path) => formsOf(path, operator)));
    expect([list, plan]).toEqual([[], ["/campaigns"]]);
    expect(one).toEqual(["send", "contacts", "contacts/file"].map((form) => `/campaigns/${campaign.id}/${form}`));
  });
});
