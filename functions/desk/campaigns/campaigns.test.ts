import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Arm, Assignment } from "#churn/campaign/campaign.ts";
import { startOf } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { randomFrom } from "#churn/random.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { withoutEnded } from "#stores/audit/recorder.ts";
import { CampaignExists, UsersTaken } from "#stores/campaigns/failures.ts";
import { measureCampaign } from "#stores/campaigns/measure-campaign.ts";
import type { Contact } from "#stores/contacts/contact-store.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { newCampaignBody } from "./api-schema.ts";
import type { AudienceFilter } from "./audience/audience-filter.ts";
import { selectAudience } from "./audience/select-audience.ts";
import { takeContacts } from "./contacts/take-contacts.ts";
import { countContacts } from "./count-contacts.ts";
import { type CampaignPlan, createCampaign } from "./create-campaign.ts";
import { knownFromActions } from "./known-from-actions.ts";
import { stateOf } from "./list/view.ts";
import { newCampaignAsked } from "./new-campaign.ts";
import { candidates } from "./plan/candidates.ts";
import { planOf } from "./plan/plan.ts";
import { campaignView } from "./result/view.ts";

const today = 20_500;
const users = 2_500;
let folder: string;
let stores: Stores;
let time: number;

const plan: CampaignPlan = {
  id: "spring",
  name: "Spring",
  audience: "at risk",
  controlShare: 0.3,
  windowDays: 30,
  costPerContact: 0.5,
  incentive: 0,
  createdBy: "ann",
  restDays: 30,
};
const atRisk: AudienceFilter = { state: "at-risk" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-campaigns-"));
  time = startOf(today) + 1_000;
  stores = await setUpStores({ dataDir: folder }, () => time);
  await stores.users.put(
    Array.from({ length: users }, (_, i) =>
      listedUser(`user-${i}`, {
        snapshot: today,
        probability: 1 - i / users,
        risk: i < 2_000 ? "high" : i < 2_200 ? "medium" : "low",
        value: i % 10,
        silence: i % 25,
        tenure: 100 + (i % 300),
        activeDays: 1 + (i % 7),
        reasons: [reasonOf(i % 2 === 0 ? "days_since_last" : "trend_60d")],
      }),
    ),
    time,
  );
  const gone = { state: "lapsed", probability: undefined, risk: undefined, lapsedSince: today - 40 } as const;
  await stores.users.put([listedUser("gone", { ...gone, value: 9, silence: 40, tenure: 500 })], time);
});

function reasonOf(feature: string): ListedUser["reasons"][number] {
  return { feature, value: 1, typical: 1, contribution: 1, sentence: "=1" };
}

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

async function chosen(
  filter: AudienceFilter,
  sort: "probability" | "value-at-risk" = "probability",
): Promise<number[]> {
  const found: number[] = [];
  for await (const { userId } of selectAudience(filter, sort, stores.users))
    found.push(Number(userId.slice("user-".length)));
  return found;
}

async function usersOf(campaignId: string, arm?: Arm): Promise<string[]> {
  const found: string[] = [];
  for await (const { userId } of stores.campaigns.assignments(campaignId, arm)) found.push(userId);
  return found;
}

function create(changes: Partial<CampaignPlan> = {}, filter = atRisk) {
  const services = { ...stores, now: () => time };
  return createCampaign({ ...plan, ...changes }, candidates(filter, "probability", stores.users), services);
}

describe("selectAudience", () => {
  it("finds users by state, probability, value, silence, tenure and reason, those most at risk first", async () => {
    expect(await chosen(atRisk)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
    expect(await chosen({ state: "slipping" })).toHaveLength(200);
    expect(await chosen({ state: "here" })).toHaveLength(users);
    expect(await chosen({ state: "here", minProbability: 0.9, maxProbability: 0.98 })).toEqual(
      Array.from({ length: 201 }, (_, i) => 50 + i),
    );
    expect((await chosen({ ...atRisk, minValue: 9 })).every((i) => i % 10 === 9)).toBe(true);
    expect((await chosen({ ...atRisk, maxSilence: 3, minSilence: 3 })).every((i) => i % 25 === 3)).toBe(true);
    expect(await chosen({ ...atRisk, minTenure: 399 })).toHaveLength(6);
    expect((await chosen({ ...atRisk, reason: "rhythm" })).every((i) => i % 2 === 0)).toBe(true);
  });

  it("sorts by value at risk", async () => {
    const [first, second] = await chosen(atRisk, "value-at-risk");
    expect([first, second]).toEqual([9, 19]);
  });

  it("says so where the value of users is needed and not known of any", async () => {
    expect(await chosen({ ...atRisk, minValue: 10 })).toEqual([]);
    await stores.users.put([listedUser("user-7", { risk: "high" })], time + 1);
    await stores.users.prune(time + 1);
    await expect(chosen({ ...atRisk, minValue: 10 })).rejects.toThrow(InvalidInput);
    await expect(chosen(atRisk, "value-at-risk")).rejects.toThrow(InvalidInput);
    expect(await chosen(atRisk)).toEqual([7]);
  });
});

describe("createCampaign", () => {
  it("freezes as many as are asked for, in two arms, with what is known of them", async () => {
    const { campaign, suppressed } = await create({ top: 1_200 });
    expect(campaign).toMatchObject({ isFrozen: true, startsAt: time, createdBy: "ann" });
    expect(campaign.sizes.treatment + campaign.sizes.control).toBe(1_200);
    expect(campaign.sizes.control).toBeGreaterThan(300);
    expect(suppressed.size).toBe(0);
    for await (const { userId, probability, value, covariates } of stores.campaigns.assignments("spring")) {
      const i = Number(userId.slice("user-".length));
      expect(i).toBeLessThan(1_200);
      expect(probability).toBeCloseTo(1 - i / users, 12);
      expect([value, ...covariates]).toEqual([i % 10, i % 25, 100 + (i % 300), 1 + (i % 7)]);
    }
  });

  it("leaves out who opted out, was contacted lately, or is in a campaign that is under way", async () => {
    await stores.contacts.optOut([{ userId: "user-0", time }]);
    await stores.contacts.append([
      { userId: "user-1", time: time - 29 * 86_400_000 },
      { userId: "user-2", time: time - 31 * 86_400_000 },
    ]);
    await create({ top: 100 });
    const inFirst = new Set<string>();
    for await (const { userId } of stores.campaigns.assignments("spring")) inFirst.add(userId);
    expect([..."012"].map((i) => inFirst.has(`user-${i}`))).toEqual([false, false, true]);
    const { suppressed } = await create({ id: "second", top: 100 });
    expect(suppressed).toEqual(
      new Map([
        ["opted out", 1],
        ["contacted lately", 1],
        ["in another campaign", 100],
      ]),
    );
    // When the windows have closed, they may be in another.
    time += 40 * 86_400_000;
    const later = await create({ id: "third", top: 100 });
    expect(later.suppressed).toEqual(new Map([["opted out", 1]]));
  });

  it("leaves the treated in peace for as long as is asked, also after their window and where no contact was reported", async () => {
    await create({ top: 100, windowDays: 7 });
    const treated = await usersOf("spring", "treatment");
    time += 10 * 86_400_000;
    const { suppressed } = await create({ id: "second", top: 100, windowDays: 7 });
    expect(suppressed).toEqual(new Map([["contacted lately", treated.length]]));
    const again = await usersOf("second");
    expect(again.filter((userId) => treated.includes(userId))).toEqual([]);
    // Who was in the control group was not contacted.
    expect(again).toEqual(expect.arrayContaining(await usersOf("spring", "control")));
    time += 20 * 86_400_000;
    const later = await create({ id: "third", top: 100 });
    expect(await usersOf("third")).toEqual(expect.arrayContaining(treated));
    expect(later.suppressed.get("contacted lately")).toBe((await usersOf("second", "treatment")).length);
  });

  it("gives no user to two campaigns that are created at once", async () => {
    // Neither is frozen before both have chosen their users.
    const freeze = stores.campaigns.freezeAlone.bind(stores.campaigns);
    let chosen = 0;
    let bothChose = () => {};
    const haveChosen = new Promise<void>((resolve) => {
      bothChose = resolve;
    });
    stores.campaigns.freezeAlone = async (...asked) => {
      chosen += 1;
      if (chosen === 2) bothChose();
      await haveChosen;
      return freeze(...asked);
    };
    const both = await Promise.allSettled([create({ top: 100 }), create({ id: "second", top: 150 })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const [refused] = both.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused).toBeInstanceOf(UsersTaken);
    expect(refused.message).toMatch(/^Cannot freeze (second|spring): 100 of its users were taken meanwhile by /);
    const [kept, ...others] = await stores.campaigns.campaigns();
    expect([kept?.isFrozen, others]).toEqual([true, []]);
    // Created again, it takes others.
    await create({ id: "again", top: 100 });
    const users = [...(await usersOf(kept!.id)), ...(await usersOf("again"))];
    expect(new Set(users).size).toBe(users.length);
  });

  it("refuses a campaign with an empty arm, says what it takes, and leaves nothing behind", async () => {
    await expect(create({ top: 1, controlShare: 0.2 })).rejects.toThrow(
      new InvalidInput(
        "Nothing could be compared: of the one user who may be contacted, none is in the control group. With a control share of 20 %, take at least 21 users.",
      ),
    );
    await expect(create({ top: 100, controlShare: 0.001 })).rejects.toThrow(
      /of the 100 users who may be contacted, none is in the control group\. With a control share of 0\.1 %, take at least 4,603 users, or of 100 users a control share of at least 4\.5 %\.$/,
    );
    await expect(create({ top: 100, controlShare: 0.999 })).rejects.toThrow(
      /none is to be contacted\. .* a control share of at most 95\.5 %\.$/,
    );
    expect(await stores.campaigns.campaigns()).toEqual([]);
    expect(await usersOf("spring")).toEqual([]);
    const { campaign } = await create({ top: 100, controlShare: 0.046 });
    expect(Math.min(campaign.sizes.treatment, campaign.sizes.control)).toBeGreaterThan(0);
  });

  it("keeps no campaign without users, and none twice", async () => {
    await expect(create({}, { ...atRisk, minTenure: 9_999 })).rejects.toThrow(InvalidInput);
    expect(await stores.campaigns.campaigns()).toEqual([]);
    await create();
    await expect(create()).rejects.toThrow(CampaignExists);
    expect((await stores.campaigns.campaign("spring"))?.isFrozen).toBe(true);
  });
});

describe("planOf", () => {
  const economics = { costPerContact: 1, incentive: 0, takeUp: 1, saveRate: { value: 0.5, low: 0.4, high: 0.6 } };
  const planned = () =>
    planOf(
      {
        filter: atRisk,
        economics: { ...economics, capacity: 200 },
        worth: { each: 100, windows: 1 },
        restDays: 30,
        at: time,
      },
      stores,
    );

  it("reckons with the users whom a campaign may take, so that both end at the same user", async () => {
    await stores.contacts.optOut([{ userId: "user-0", time }]);
    await stores.contacts.append([{ userId: "user-1", time: time - 86_400_000 }]);
    await create({ top: 150 });
    const { users: free, optimum, last, suppressed } = await planned();
    expect(free).toBe(2_000 - 152);
    expect(suppressed).toEqual(
      new Map([
        ["opted out", 1],
        ["contacted lately", 1],
        ["in another campaign", 150],
      ]),
    );
    expect(optimum.contacts).toBe(200);
    await create({ id: "second", top: optimum.contacts });
    const leasts = (await usersOf("second")).map((userId) => 1 - Number(userId.slice("user-".length)) / users);
    expect(last?.probability).toBeCloseTo(Math.min(...leasts), 12);
  });

  it("says why there is no one to plan for where all are left out", async () => {
    await create();
    await expect(planned()).rejects.toThrow("all that fit are left out (2,000 in another campaign)");
  });
});

describe("newCampaignAsked", () => {
  it("orders by the profit that the share that takes the incentive anyway leaves", async () => {
    const asked = newCampaignBody.parse({
      name: "Spring",
      sort: "profit",
      save_rate: 0.1,
      incentive: 5,
      take_up: 0.2,
      windows: 2,
    });
    const { order } = await newCampaignAsked(asked, { ...stores, costs: costsOf({}) });
    expect(order).toMatchObject({ economics: { takeUp: 0.2, incentive: 5 }, worth: { windows: 2 } });
    const all = newCampaignBody.parse({ name: "Spring", sort: "profit", save_rate: 0.1 });
    const { order: unsaid } = await newCampaignAsked(all, { ...stores, costs: costsOf({}) });
    expect(unsaid).toMatchObject({ economics: { costPerContact: 0, takeUp: 1 } });
  });

  it("takes costs from the settings where the request does not say", async () => {
    const costs = costsOf({
      ...{ CONTACT_COST: 0.5, INCENTIVE: 5, INCENTIVE_TAKE_UP: 0.4 },
      ...{ SAVE_RATE: 0.2, USER_WORTH: 30, WORTH_WINDOWS: 3 },
    });
    const asked = newCampaignBody.parse({ name: "Spring", sort: "profit", incentive: 0 });
    const guessed = await newCampaignAsked(asked, { ...stores, costs: costsOf({}) });
    expect(guessed.order).toMatchObject({ economics: { saveRate: { value: 0.1, low: 0.05 } } });
    const campaign = await newCampaignAsked(asked, { ...stores, costs });
    expect(campaign).toMatchObject({ costPerContact: 0.5, incentive: 0 });
    expect(campaign.order).toMatchObject({
      economics: { costPerContact: 0.5, incentive: 0, takeUp: 0.4, saveRate: { value: 0.2 } },
      worth: { each: 30, windows: 3 },
    });
  });
});

describe("knownFromActions", () => {
  it("tells of users from before the day of their assignment", async () => {
    const visits = [today - 200, today - 20, today - 20, today - 5, today];
    await stores.actions.append(
      visits.map((day, i) => ({ userId: "ann", action: "visit", time: startOf(day) + i, value: 10 })),
    );
    await stores.actions.rollUp();
    const assignments = ["ann", "ben"].map(
      (userId): Assignment => ({
        ...{ userId, arm: "control", assignedAt: startOf(today) + 500, covariates: [7], outcomes: [] },
      }),
    );
    const [ann, ben] = await knownFromActions(assignments, 30, stores.actions);
    // 30 in the four windows before, and one visit long ago.
    expect(ann).toMatchObject({ value: 7.5, covariates: [7, 5, 200, 2] });
    expect(ben).toMatchObject({ value: undefined, covariates: [7, Number.NaN, Number.NaN, 0] });
  });
});

describe("measureCampaign", () => {
  /** Of the treatment half leave, of the control group seven in ten. */
  async function live(): Promise<void> {
    const random = randomFrom("live");
    const actions = [];
    for await (const { userId, arm } of stores.campaigns.assignments("spring")) {
      const stays = random() < (arm === "treatment" ? 0.5 : 0.3);
      // What was done on the day of the assignment is no outcome.
      actions.push({ userId, action: "visit", time: startOf(today) + 500 });
      if (stays) actions.push({ userId, action: "visit", time: startOf(today + 3), value: 10 });
    }
    await stores.actions.append(actions);
    await stores.actions.rollUp();
  }

  it("tells who left in each arm once the windows have closed, and keeps it", async () => {
    const { campaign } = await create();
    await live();
    // The log goes on until today.
    await stores.actions.append(
      Array.from({ length: 400 }, (_, i) => ({ userId: "other", action: "visit", time: startOf(today + 40) + i })),
    );
    await stores.actions.rollUp();
    time = startOf(today + 20);
    const early = await measureCampaign(campaign, { ...stores, now: () => time });
    expect(early.isFinal).toBe(false);
    expect(early.closed).toEqual({ treatment: 0, control: 0 });
    expect(early.outcomes[0]?.verdict).toBe("too few");

    time = startOf(today + 41);
    // Who may only read changes nothing by looking.
    const seen = await campaignView("spring", { ...stores, now: () => time });
    expect(seen.result.isFinal).toBe(true);
    expect(stateOf(seen.campaign, time)).toBe("ended: better");
    expect((await stores.campaigns.campaign("spring"))?.result).toBeUndefined();

    const result = await measureCampaign(campaign, { ...stores, now: () => time });
    expect(result).toEqual(seen.result);
    const [left, value] = result.outcomes;
    expect(left).toMatchObject({ name: "left", verdict: "better" });
    expect(left!.treatment).toBeCloseTo(0.5, 1);
    expect(left!.control).toBeCloseTo(0.7, 1);
    expect(value).toMatchObject({ name: "value", kind: "amount", verdict: "better" });
    expect((await stores.campaigns.campaign("spring"))?.result).toEqual(result);
    // What was recorded stays, also when the actions are gone.
    await stores.actions.dropMonthsBefore(today + 400);
    const kept = await stores.campaigns.campaign("spring");
    expect(await measureCampaign(kept!, { ...stores, now: () => time })).toEqual(result);
  });
});

describe("the last day of a window", () => {
  const lastDay = today + 30;

  const act = (userIds: readonly string[], day: number, second: number) =>
    stores.actions.append(
      userIds.map((userId, i) => ({ userId, action: "visit", time: startOf(day) + second * 1_000 + i })),
    );
  const measured = async () =>
    measureCampaign((await stores.campaigns.campaign("spring"))!, { ...stores, now: () => time });

  it("counts in full: a result waits for a roll-up that has seen all of it", async () => {
    const { campaign } = await create();
    await act(["other"], today, 0);
    await act(["other"], lastDay, 60);
    await stores.actions.rollUp();
    // Everyone comes back on the last day, after the roll-up of that night.
    const assigned: string[] = [];
    for await (const { userId } of stores.campaigns.assignments("spring")) assigned.push(userId);
    await act(assigned, lastDay, 40_000);

    for (const late of [1, 86_400, 2 * 86_400]) {
      time = startOf(lastDay + 1) + late * 1_000;
      expect(await measured()).toMatchObject({ isFinal: false, closed: { treatment: 0, control: 0 } });
      expect((await stores.campaigns.campaign("spring"))?.result).toBeUndefined();
    }

    await act(["other"], lastDay + 1, 60);
    await stores.actions.rollUp();
    time = startOf(lastDay + 2) + 1_000;
    const result = await measured();
    expect(result).toMatchObject({ isFinal: true, closed: campaign.sizes });
    expect(result.outcomes[0]).toMatchObject({ name: "left", treatment: 0, control: 0 });
    expect((await stores.campaigns.campaign("spring"))?.result).toEqual(result);
  });

  it("waits a day for actions that arrive late", async () => {
    await create();
    await act(["other"], lastDay + 1, 60);
    await stores.actions.rollUp();
    time = startOf(lastDay + 2) - 1;
    expect((await measured()).isFinal).toBe(false);
    time += 1;
    expect((await measured()).isFinal).toBe(true);
  });

  it("may be the last of a log that ended long ago", async () => {
    await create();
    await act(["other"], today, 0);
    await act(["other"], lastDay, 60);
    await stores.actions.rollUp();
    time = startOf(lastDay + 7);
    expect((await measured()).isFinal).toBe(false);
    time = startOf(lastDay + 8);
    expect((await measured()).isFinal).toBe(true);
  });
});

describe("users whom the log does not tell of", () => {
  const visit = (userId: string, day: number) => ({ userId, action: "visit", time: startOf(day) });
  const measured = async (id: string) =>
    measureCampaign((await stores.campaigns.campaign(id))!, { ...stores, now: () => time });

  /** An experiment that was run elsewhere, by the users of each arm with the day of their assignment. */
  async function importExperiment(id: string, assigned: readonly (readonly [string, number])[]): Promise<void> {
    const campaign = exampleCampaign({ id, startsAt: startOf(today - 60), lastAssignedAt: startOf(today) });
    await stores.campaigns.create(campaign);
    await stores.campaigns.assign(
      campaign,
      assigned.map(([userId, day], i) => ({
        ...{ userId, arm: i % 2 === 0 ? "treatment" : "control", assignedAt: startOf(day) },
        ...{ covariates: [], outcomes: [] },
      })),
    );
    await stores.campaigns.freeze(id);
  }

  it("do not count as having left where the log began after their windows did", async () => {
    await stores.actions.append([visit("ann", today - 10), visit("ben", today - 5), visit("other", today + 40)]);
    await stores.actions.rollUp();
    time = startOf(today + 40);
    await importExperiment("partly", [
      ["ann", today - 12],
      ["ben", today - 10],
      ["cy", today - 11],
      ["ann", today - 10],
    ]);
    const result = await measured("partly");
    expect(result).toMatchObject({ isFinal: true, closed: { treatment: 2, control: 1 } });
    expect(result.beforeLog).toEqual({ treatment: 2, control: 0 });
    expect(result.outcomes[0]?.sizes).toEqual({ treatment: 0, control: 1 });
    expect((await stores.campaigns.campaign("partly"))?.result).toEqual(result);

    await importExperiment("before", [["ann", today - 40]]);
    expect(await measured("before")).toMatchObject({ isFinal: true, beforeLog: { treatment: 1, control: 0 } });
    expect((await stores.campaigns.campaign("before"))?.result).toBeUndefined();
  });

  it("are counted where an experiment names them", async () => {
    await stores.actions.append([visit("ann", today - 20), visit("ben", today + 3), visit("other", today + 40)]);
    await stores.actions.rollUp();
    time = startOf(today + 40);
    await importExperiment(
      "elsewhere",
      ["ann", "ben", "ANN", "BEN"].map((userId) => [userId, today]),
    );
    const result = await measured("elsewhere");
    expect(result.unseen).toEqual({ treatment: 1, control: 1 });
    expect(result.outcomes[0]).toMatchObject({ treatment: 1, control: 0.5 });
    expect(result.beforeLog).toBeUndefined();
  });
});

describe("takeContacts", () => {
  it("tells of contacts that name a campaign that does not exist, and keeps them", async () => {
    await create({ top: 100 });
    const contacts = ["spring", "sprnig", undefined, "sprnig"].map((campaignId, i) => ({
      ...{ userId: `user-${i}`, time, campaignId },
    }));
    const services = { ...stores, now: () => time, newId: randomUUID };
    const take = (sent: readonly Contact[]) => takeContacts({ contacts: sent, optOuts: [] }, {}, services);
    expect(await take(contacts)).toEqual({
      ...{ created: 4, duplicates: 0, opted_out: 0 },
      unknown_campaigns: { contacts: 2, ids: ["sprnig"] },
    });
    expect(await take(contacts.slice(0, 1))).toEqual({ created: 0, duplicates: 1, opted_out: 0 });
    const { value: newest } = await stores.audit.entries()[Symbol.asyncIterator]().next();
    expect(newest).toMatchObject({ action: "contacts.added", target: "spring" });
  });

  it("records contacts and opt-outs of one request as what each is, without the users", async () => {
    const sent = { contacts: [{ userId: "secret-ann", time }], optOuts: [{ userId: "secret-ben", time }] };
    const taken = await takeContacts(sent, {}, { ...stores, now: () => time, newId: randomUUID });
    expect(taken).toEqual({ created: 1, duplicates: 0, opted_out: 1 });
    const found = [];
    for await (const entry of withoutEnded(stores.audit.entries({ action: "contacts" }))) found.push(entry);
    expect(found).toMatchObject([
      { action: "contacts.opted-out", details: { users: 1 } },
      { action: "contacts.added", details: { created: 1, duplicates: 0 } },
    ]);
    expect(JSON.stringify(found)).not.toContain("secret");
  });
});

describe("countContacts", () => {
  it("counts the contacts of each arm, and those of others", async () => {
    const { campaign } = await create();
    const contacts = [];
    for await (const { userId } of stores.campaigns.assignments("spring", "treatment"))
      contacts.push({ userId, time, campaignId: "spring" });
    for await (const { userId } of stores.campaigns.assignments("spring", "control")) {
      contacts.push({ userId, time, campaignId: "spring" }, { userId, time: time + 1, campaignId: "spring" });
      break;
    }
    await stores.contacts.append([...contacts, { userId: "stranger", time, campaignId: "spring" }]);
    const counts = await countContacts("spring", stores.campaigns, stores.contacts);
    expect(counts).toEqual({ treatment: campaign.sizes.treatment, control: 2, others: 1, contactedControls: 1 });
  });
});
