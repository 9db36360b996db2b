import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Arm, Assignment } from "#churn/campaign/campaign.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { campaignAudience } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import type { CampaignsServices } from "../services.ts";
import { sendAudience } from "./send-audience.ts";

const campaign = exampleCampaign();
const now = campaign.startsAt + 86_400_000;
const request = { caller: undefined };
let folder: string;
let stores: Stores;
let sent: LapseEvent[];
let services: CampaignsServices;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-send-"));
  stores = await setUpStores({ dataDir: folder }, () => now);
  sent = [];
  let id = 0;
  services = {
    ...stores,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    costs: costsOf({}),
    now: () => now,
    oldest: () => 0,
    newId: () => `id-${id++}`,
    publish: async (event) => void sent.push(event),
    hasReceiver: true,
  };
  await stores.campaigns.create(campaign);
  await stores.campaigns.assign(campaign, [...assigned("treatment", 1_201), ...assigned("control", 300)]);
  await stores.campaigns.freeze(campaign.id);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

function assigned(arm: Arm, count: number): Assignment[] {
  const { startsAt: assignedAt } = campaign;
  return Array.from({ length: count }, (_, i) => ({
    ...{ userId: `${arm}-${i}`, arm, assignedAt, probability: 0.5, value: i, covariates: [], outcomes: [] },
  }));
}

/** The data of what was sent, as the webhook's function reads it. */
function parts() {
  return sent.map((event) => {
    const read = campaignAudience.read(event);
    if (read === undefined) throw new Error(`${event.type} is no audience.`);
    return read.data;
  });
}

function usersSent(): string[] {
  return parts().flatMap(({ users }) => users.map(({ user_id }) => user_id));
}

async function audited(): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of stores.audit.entries()) entries.push(entry);
  return entries;
}

describe("sendAudience", () => {
  it("sends every user of the treatment once, and none of the control group, in parts that a broker takes", async () => {
    expect(await sendAudience(campaign.id, request, services)).toEqual({ users: 1_201, parts: 3 });
    expect(parts().map(({ part, users, users_in_all }) => [part, users.length, users_in_all])).toEqual([
      [1, 500, 1_201],
      [2, 500, 1_201],
      [3, 201, 1_201],
    ]);
    expect(new Set(usersSent()).size).toBe(1_201);
    expect(usersSent().slice(0, 2)).toEqual(["treatment-1200", "treatment-1199"]);
    expect(usersSent().filter((userId) => !userId.startsWith("treatment-"))).toEqual([]);
    for (const event of sent) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(64_000);
  });

  it("leaves out who has opted out since the list was frozen", async () => {
    await sendAudience(campaign.id, request, services);
    const ids = sent.splice(0).map(({ id }) => id);
    await stores.contacts.optOut([{ userId: "treatment-7", time: now - 1 }]);
    expect(await sendAudience(campaign.id, request, services)).toEqual({ users: 1_200, parts: 3 });
    expect(usersSent()).not.toContain("treatment-7");
    expect(parts()[0]?.users_in_all).toBe(1_200);
    // No one is sent again under another id.
    expect(sent.map(({ id }) => id)).toEqual(ids);
  });

  it("gives the same parts the same ids when it is sent again, and others where a user is gone", async () => {
    await sendAudience(campaign.id, request, services);
    await sendAudience(campaign.id, request, services);
    const ids = sent.map(({ id }) => id);
    expect(ids.slice(3)).toEqual(ids.slice(0, 3));
    expect(new Set(ids).size).toBe(3);
    const [first] = usersSent();
    await stores.campaigns.erase([first ?? ""]);
    sent = [];
    await sendAudience(campaign.id, request, services);
    expect(ids).not.toContain(sent[0]?.id);
  });

  it("records who sent it and how many users that were, and none of their ids", async () => {
    await sendAudience(campaign.id, { caller: { name: "ann", id: "k1", by: "key", roles: ["operate"] } }, services);
    const [entry] = await audited();
    expect(entry).toMatchObject({
      ...{ action: "campaign.sent", who: "ann", target: campaign.id },
      details: { users: 1_201, parts: 3 },
    });
    expect(JSON.stringify(await audited())).not.toContain("treatment-");
  });

  it("fails, and records that it did, when the Broker does not take a part", async () => {
    const publish = async (event: LapseEvent) => {
      if (sent.push(event) === 2) throw new Error("The broker is away.");
    };
    await expect(sendAudience(campaign.id, request, { ...services, publish })).rejects.toThrow("The broker is away.");
    expect((await audited())[0]?.action).toBe("campaign.sent.failed");
  });

  it("is refused for a campaign that is not there or not frozen, and where no Broker or no receiver is known", async () => {
    await stores.campaigns.create({ ...campaign, id: "half" });
    for (const id of ["none", "half"])
      await expect(sendAudience(id, request, services)).rejects.toThrow(CampaignNotFound);
    for (const without of [
      { ...services, publish: undefined },
      { ...services, hasReceiver: false },
    ])
      await expect(sendAudience(campaign.id, request, without)).rejects.toMatchObject({
        name: "NoReceiver",
        kind: "conflict",
      });
    expect([sent, await audited()]).toEqual([[], []]);
  });
});
