import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { NightTally } from "#churn/promises/night-tally.ts";
import { randomFrom } from "#churn/random.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { actsOfPeople } from "#stores/audit/recorder.ts";
import type { JudgedEntry } from "#stores/ledger/ledger.ts";
import { faultsOfLooks } from "#test/pages/looks.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

let browser: TestBrowser;
let local: LocalLapse;
let page: Page;
let first = "";

beforeAll(async () => {
  browser = await TestBrowser.start();
  local = await startLocalLapse({ copyOf: inject("learnedFolder") });
  const { models, deadLetters } = local.stores;
  first = (await models.alias("champion"))?.version ?? "";
  // By the definition of the version in service, so that users can be scored by it.
  const { manifest } = await models.model(first);
  const decision = { ...manifest.decision, promoted: false, reason: "no better than the champion" };
  await models.publish({ ...exampleModel({ version: "v2", decision }), report: "<html>v2</html>" });
  for (const [i, id] of ["1", "2"].entries())
    await deadLetters.record({
      event: { id, source: "/shop", type: "dev.example.unknown" },
      destination: "http://ingest.lapse.svc.cluster.local",
      status: 503,
      answer: '{"error":"the store was away"}',
      recordedAt: Date.now() - i * 60_000,
    });
  await closeWindow();
  page = await browser.page();
});

/** What the list promised has happened: as many left as were promised. A challenger promised the same of everyone. */
async function closeWindow(): Promise<void> {
  const { ledger } = local.stores;
  const entries: JudgedEntry[] = [];
  for await (const entry of ledger.entries({ role: "champion" })) entries.push(entry);
  const random = randomFrom("pages");
  const left = new Map(entries.map(({ userId, probability = 0 }) => [userId, random() < probability]));
  const flat = entries.map((entry) => ({
    ...entry,
    ...{ modelVersion: "v2", role: "challenger" as const, probability: 0.2 },
  }));
  await ledger.append(flat);
  for (const scored of [entries, flat]) {
    const tally = new NightTally();
    for (const { userId, probability = 0 } of scored) tally.add(userId, probability, left.get(userId) === true, 5);
    const [{ snapshot, modelVersion, role } = entries[0]!] = scored;
    await ledger.appendOutcomes(
      scored.map(({ userId }) => ({ userId, snapshot, modelVersion, churned: left.get(userId) === true })),
    );
    await ledger.appendNights([{ snapshot, modelVersion, role, addedAt: 1, night: tally.night() }]);
  }
}

afterAll(async () => {
  await browser.close();
  await local.close();
});

/** What people did, the last first. */
async function audited(): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of actsOfPeople(local.stores.audit.entries())) entries.push(entry);
  return entries;
}

describe("who answers for the model", () => {
  it("compares two versions side by side", async () => {
    await page.goto(`${local.url}/model`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.waitForURL(/\/model\/compare/);
    await page.getByRole("heading", { name: "Two versions side by side" }).waitFor();
    await page.getByRole("heading", { name: "Who is in another class of risk" }).waitFor();
    await page.getByText(/^As shown, or scored in shadow, on 1 night/).waitFor();
    await page.getByRole("region", { name: "Quality as served" }).getByText("A is better").first().waitFor();
    expect(await faultsOfLooks(browser, page, "model-compare")).toEqual([]);
  });

  it("sees whether promises were kept, by risk, segment and arm", async () => {
    await page.goto(`${local.url}/model`);
    await page.getByRole("link", { name: "By segment and arm" }).click();
    const table = page.getByRole("region", { name: "By segment and arm" });
    for (const part of ["By risk, as it was shown", "By tenure", "By arm of a campaign"])
      await table.getByText(part).waitFor();
    // How the log of yesterday's date turns out is by chance: what is said of it must agree with the figures beside it.
    const all = table.getByRole("row", {
      name: /^all [\d,]+ .* \(.* to .*\) 0\.\d+ \(.* to .*\) 0\.\d+ \(.* to .*\) (?:(?:more than|fewer than|as) promised)$/,
    });
    const cells = (await all.innerText()).split("\t").map((cell) => cell.replace(/\s/g, " ").trim());
    const [low = Number.NaN, high = Number.NaN] = (/\(([\d.]+) to ([\d.]+)\)/.exec(cells.join(" ")) ?? [])
      .slice(1)
      .map(Number);
    const verdicts = [
      ...(low >= 1 ? ["more than promised"] : []),
      ...(high <= 1 ? ["fewer than promised"] : []),
      ...(low <= 1 && high >= 1 ? ["as promised"] : []),
    ];
    expect(verdicts).toContain(cells.at(-1));
    expect(await faultsOfLooks(browser, page, "promises-segments")).toEqual([]);
    await page.getByRole("link", { name: "By month and version" }).click();
    await page.getByRole("heading", { name: "What challengers would have promised" }).waitFor();
    expect(await faultsOfLooks(browser, page, "promises-kept")).toEqual([]);
  });

  it("puts a version that training decided against into service with a reason only, and is recorded", async () => {
    await page.goto(`${local.url}/model`);
    await page.getByRole("link", { name: "Put into service" }).click();
    await page.getByText("Training decided against this version: no better than the champion").waitFor();
    expect(await faultsOfLooks(browser, page, "model-promote")).toEqual([]);
    const button = page.getByRole("button", { name: "Put v2 into service" });
    await button.click();
    // The browser itself asks for the reason.
    expect(page.url()).toContain("/model/promote");
    expect((await local.stores.models.alias("champion"))?.version).toBe(first);
    await page.getByLabel("Why?").fill("The new shop opened.");
    await button.click();
    await page.waitForURL(`${local.url}/model`);
    expect((await local.stores.models.alias("champion"))?.version).toBe("v2");
    await page.getByText("The new shop opened. (overrules training: no better than the champion)").waitFor();
    expect((await audited())[0]).toMatchObject({
      action: "model.promoted",
      target: "v2",
      reason: "The new shop opened.",
    });
  });

  it("rolls back to the version that served before", async () => {
    await page.goto(`${local.url}/model`);
    await page.getByRole("link", { name: `Roll back to ${first}` }).click();
    await page.getByLabel("Why?").fill("It called too many.");
    await page.getByRole("button", { name: `Roll back to ${first}` }).click();
    await page.waitForURL(`${local.url}/model`);
    expect((await local.stores.models.alias("champion"))?.version).toBe(first);
    expect((await audited())[0]).toMatchObject({ action: "model.rolled-back", target: first });
  });
});

describe("who operates lapse", () => {
  it("sends an event again, drops another, and sees who did it", async () => {
    await page.goto(`${local.url}/operations`);
    await page.getByText("ingest answered 503: the store was away").first().waitFor();
    expect(await faultsOfLooks(browser, page, "operations-letters")).toEqual([]);
    await page.getByRole("button", { name: "Send again" }).first().click();
    await page.getByText("dead letter replayed", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Drop" }).first().click();
    await page.getByText("dead letter dropped", { exact: true }).waitFor();
    expect(await local.stores.deadLetters.count()).toBe(0);
  });

  it("sees what each step of the night left, and when it runs next", async () => {
    await page.goto(`${local.url}/operations`);
    await page.getByRole("heading", { name: "Last runs" }).waitFor();
    await page
      .getByRole("row", { name: /train by schedule or by hand .* s/ })
      .first()
      .waitFor();
    await page
      .getByText(/\d \((steady|has moved|look into it)\)/)
      .first()
      .waitFor();
    await page.getByText(/computed for the start of \d{4}-\d\d-\d\d/).waitFor();
    // Between one and half past two at night, train comes first.
    await page.getByText(/Next: (?=.*features at \d{4}-\d\d-\d\d \d\d:\d\d UTC).*train at \d{4}-/).waitFor();
  });
});
