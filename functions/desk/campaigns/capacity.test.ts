import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { armOf } from "#churn/campaign/arm.ts";
import { startOf } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { campaignShown, newCampaignBody } from "./api-schema.ts";
import { newCampaignAsked } from "./new-campaign.ts";
import { newCampaignForm, newCampaignOf } from "./plan/create-form-schema.ts";
import { withCosts } from "./plan/form.ts";
import { renderCampaign } from "./result/page.ts";
import { campaignView } from "./result/view.ts";
import { startCampaign } from "./start-campaign.ts";

const now = startOf(20_500) + 1_000;
const users = 3_000;
let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-capacity-"));
  stores = await setUpStores({ dataDir: folder }, () => now);
  await stores.users.put(
    Array.from({ length: users }, (_, i) =>
      listedUser(`user-${i}`, { snapshot: 20_500, probability: 1 - i / users, risk: "high", value: 10 }),
    ),
    now,
  );
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

const services = (capacity?: number) => ({
  ...stores,
  ...{ now: () => now, oldest: () => 0, newId: () => crypto.randomUUID(), publish: undefined, hasReceiver: false },
  ...{ logger: { info: () => {}, warn: () => {}, error: () => {} }, costs: costsOf({ CONTACT_CAPACITY: capacity }) },
});
const request = { caller: undefined, address: "127.0.0.1" };

async function started(body: object, capacity?: number) {
  const asked = await newCampaignAsked(newCampaignBody.parse({ name: "Spring", state: "here", ...body }), services());
  return (await startCampaign(asked, request, services(capacity))).campaign;
}

it("never has more users to contact than can be, whatever the arms come to by chance", async () => {
  for (const id of Array.from({ length: 8 }, (_, i) => `spring-${i}`)) {
    // What the plan of 200 contacts asks for: by chance, about every second such list has more than 200 in the treatment.
    const { sizes } = await started({ id, top: 250, most_contacts: 200, rest_days: 0 });
    expect(sizes.treatment).toBeLessThanOrEqual(200);
    expect(sizes.treatment).toBeGreaterThan(170);
    await stores.campaigns.remove(id);
  }
});

it("takes the most worthwhile users up to the last who can be contacted, and those of the control group among them", async () => {
  const { sizes } = await started({ id: "autumn", most_contacts: 100 });
  expect(sizes.treatment).toBe(100);
  const arms = Array.from({ length: users }, (_, i) => armOf("autumn", `user-${i}`, 0.2));
  const next = arms.findIndex((arm, i) => arm === "treatment" && treatedIn(arms.slice(0, i)) === 100);
  const taken: string[] = [];
  for await (const { userId } of stores.campaigns.assignments("autumn")) taken.push(userId);
  expect(new Set(taken)).toEqual(new Set(Array.from({ length: next }, (_, i) => `user-${i}`)));
});

function treatedIn(arms: readonly string[]): number {
  return arms.filter((arm) => arm === "treatment").length;
}

it("goes by the setting where nothing else is asked for, and by the form before that", async () => {
  expect((await started({ id: "set" }, 50)).sizes.treatment).toBe(50);
  const fields = { name: "Form", top: "2000", control: "20", window: "30", rest: "0", save_rate: "10" };
  const formOf = (capacity: string) => withCosts(newCampaignForm.parse({ ...fields, capacity }), services(50).costs);
  const sizesOf = async (capacity: string) => {
    const wanted = await newCampaignOf(formOf(capacity), services(50));
    return (await startCampaign({ ...wanted, id: `form-${capacity}` }, request, services(50))).campaign.sizes.treatment;
  };
  expect(await sizesOf("60")).toBe(60);
  expect(await sizesOf("")).toBe(50);
});

it("says that the capacity ended a list that has no control group", async () => {
  const uncontrolled = Array.from({ length: 100 }, (_, i) => `c${i}`).find((id) =>
    [0, 1].every((i) => armOf(id, `user-${i}`, 0.2) === "treatment"),
  );
  await expect(started({ id: uncontrolled, most_contacts: 1 })).rejects.toThrow(
    new InvalidInput(
      "Nothing could be compared: of the one user who may be contacted, none is in the control group. The list ended at the capacity of 1 contact: raise it to at least 20.",
    ),
  );
});

describe("a list that the capacity ended", () => {
  const pageOf = async (id: string) =>
    renderCampaign(await campaignView(id, services()), { reader: undefined, mayOperate: true, hasReceiver: false });

  it("is told as such by the API and the page, with what set the capacity", async () => {
    const capped = await started({ id: "set" }, 50);
    expect(campaignShown(capped, now)).toMatchObject({
      is_capped: true,
      audience: "here, at most 50 contacts (CONTACT_CAPACITY)",
    });
    expect(await pageOf("set")).toContain("The list ended at the capacity of 50 contacts, though more users fit.");
    const asked = await started({ id: "asked", most_contacts: 40, top: 500, rest_days: 0 }, 50);
    expect(campaignShown(asked, now)).toMatchObject({
      is_capped: true,
      audience: "here, the 500 of the highest probability, at most 40 contacts",
    });
  });

  it("is told apart from one that ran out where just as many can be contacted", async () => {
    const { sizes } = await started({ id: "all", top: 100 });
    await stores.campaigns.remove("all");
    const ranOut = await started({ id: "all", top: 100, most_contacts: sizes.treatment });
    expect(ranOut.sizes).toEqual(sizes);
    expect(campaignShown(ranOut, now).is_capped).toBe(false);
    expect(await pageOf("all")).not.toContain("capacity of");
  });
});
