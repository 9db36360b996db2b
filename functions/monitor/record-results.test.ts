import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Campaign } from "#churn/campaign/campaign.ts";
import { startOf } from "#churn/day.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { recordResults } from "./record-results.ts";

const today = 20_500;
let folder: string;
let stores: Stores;
let now: number;

const campaign = (id: string): Campaign => ({
  ...{ id, name: id, audience: "all", controlShare: 0.5, windowDays: 30, costPerContact: 0, incentive: 0 },
  ...{ outcomes: [], covariates: [], startsAt: startOf(today), lastAssignedAt: startOf(today) },
  ...{ createdAt: startOf(today), createdBy: "ann" },
});

beforeEach(async () => {
  now = startOf(today);
  folder = await mkdtemp(join(tmpdir(), "lapse-results-"));
  stores = await setUpStores({ dataDir: folder }, () => now);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

async function create(id: string): Promise<void> {
  await stores.campaigns.create(campaign(id));
  const users = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  await stores.campaigns.assign(
    campaign(id),
    users.map((userId, i) => ({
      ...{
        userId,
        arm: i % 2 === 0 ? "treatment" : "control",
        assignedAt: startOf(today),
        covariates: [],
        outcomes: [],
      },
    })),
  );
}

/** One in two of the treatment stays, and one in five of the control group. */
async function live(): Promise<void> {
  const staying = Array.from({ length: 200 }, (_, i) => i).filter((i) => (i % 2 === 0 ? i % 4 === 0 : i % 10 === 1));
  const before = { userId: "other", time: startOf(today - 1) };
  const later = Array.from({ length: 300 }, (_, i) => ({ userId: "other", time: startOf(today + 40) + i }));
  const stays = staying.map((i) => ({ userId: `user-${i}`, time: startOf(today + 3) }));
  await stores.actions.append([before, ...stays, ...later].map((one) => ({ ...one, action: "visit" })));
  await stores.actions.rollUp();
}

const run = () => recordResults({ ...stores, now: () => now, logger: pino({ level: "silent" }) });

it("records the results of campaigns that have ended, once, and of no others", async () => {
  await create("spring");
  await stores.campaigns.freeze("spring");
  await create("interrupted");
  await live();
  await run();
  expect((await stores.campaigns.campaign("spring"))?.result).toBeUndefined();

  now = startOf(today + 41);
  await run();
  const result = (await stores.campaigns.campaign("spring"))?.result;
  expect(result).toMatchObject({ isFinal: true, closed: { treatment: 100, control: 100 } });
  expect(result?.outcomes[0]).toMatchObject({ treatment: 0.5, control: expect.closeTo(0.8, 9), verdict: "better" });
  expect((await stores.campaigns.campaign("interrupted"))?.result).toBeUndefined();

  // What was recorded stays when assignments and actions are gone.
  await stores.campaigns.dropMonthsBefore(today + 400);
  await stores.actions.dropMonthsBefore(today + 400);
  await run();
  expect((await stores.campaigns.campaign("spring"))?.result).toEqual(result);
});

it("waits while the log does not reach the end of the window", async () => {
  await create("spring");
  await stores.campaigns.freeze("spring");
  await stores.actions.append([{ userId: "other", action: "visit", time: startOf(today + 10) }]);
  await stores.actions.rollUp();
  now = startOf(today + 41);
  await run();
  expect((await stores.campaigns.campaign("spring"))?.result).toBeUndefined();
});
