import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { armOf } from "#churn/campaign/arm.ts";
import type { Arm } from "#churn/campaign/campaign.ts";
import { dayOf, startOf } from "#churn/day.ts";
import { measureCampaign } from "#stores/campaigns/measure-campaign.ts";
import { faultsOfLooks } from "#test/pages/looks.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { WebhookReceiver } from "#test/support/webhook-receiver.ts";

let browser: TestBrowser;
let local: LocalLapse;
let receiver: WebhookReceiver;
let page: Page;
let time = Date.now();

const campaign = "spring-mails";
const controlShare = 0.4;
/** Users whose ids a spreadsheet would take for formulas, one in each arm. */
const formulas = { treatment: formulaIn("treatment"), control: formulaIn("control") };

function formulaIn(arm: Arm): string {
  for (let i = 0; ; i++) {
    const userId = `=HYPERLINK("http://evil.example/${i}","a")`;
    if (armOf(campaign, userId, controlShare) === arm) return userId;
  }
}

beforeAll(async () => {
  browser = await TestBrowser.start();
  receiver = await WebhookReceiver.start();
  local = await startLocalLapse({
    copyOf: inject("learnedFolder"),
    now: () => time,
    environment: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: receiver.secret },
  });
  const { users } = await local.stores.users.page({ filter: {}, order: "probability", limit: 1 });
  const { snapshot = 0, modelVersion = "" } = users[0] ?? {};
  const known = { value: 20, silence: 12, tenure: 200, activeDays: 9 };
  const risky = { snapshot, modelVersion, probability: 0.99, risk: "high", ...known } as const;
  await local.stores.users.put(
    Object.values(formulas).map((userId) => listedUser(userId, risky)),
    time,
  );
  page = await browser.page();
});

afterAll(async () => {
  await browser.close();
  await local.close();
  await receiver.close();
});

async function usersIn(arm: Arm): Promise<string[]> {
  return usersOf(campaign, arm);
}

async function usersOf(id: string, arm?: Arm): Promise<string[]> {
  const users: string[] = [];
  for await (const { userId } of local.stores.campaigns.assignments(id, arm)) users.push(userId);
  return users;
}

/** Creates another campaign of this many users, of any risk. */
async function plan(name: string, users: number): Promise<void> {
  await page.goto(`${local.url}/campaigns/new?state=here&min_risk=0`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Users on the list").fill(String(users));
  await page.getByRole("button", { name: "Create the campaign" }).click();
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

describe("who runs a campaign", () => {
  it("freezes the list in two arms", async () => {
    await page.goto(`${local.url}/campaigns/new?state=here&min_risk=2&cost=1&save_rate=20&worth=100`);
    await page.getByLabel("Name").fill("Spring mails");
    await page.getByLabel("Users on the list").fill("400");
    await page.getByLabel("Control group (%)").fill(String(100 * controlShare));
    await page.getByLabel("Window (days)").fill("7");
    await page.getByRole("button", { name: "Create the campaign" }).click();
    await page.waitForURL(`${local.url}/campaigns/${campaign}`);
    const { sizes, isFrozen } = (await local.stores.campaigns.campaign(campaign)) ?? {};
    expect(isFrozen).toBe(true);
    expect((sizes?.treatment ?? 0) + (sizes?.control ?? 0)).toBe(400);
    await page.getByText("Too few to tell yet").or(page.getByText("Nothing is known yet.")).first().waitFor();
    expect(await faultsOfLooks(browser, page, "campaign-new")).toEqual([]);
  });

  it("downloads the users to contact, not the control group, safe to open in a spreadsheet", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download the list to contact (CSV)" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${campaign}.csv`);
    const [head, ...lines] = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
    expect(head).toBe("user_id,campaign,probability,value,because");
    expect(lines).toHaveLength((await usersIn("treatment")).length);
    const safe = (userId: string) => `"'${userId.replaceAll('"', '""')}",${campaign},0.99,20`;
    expect(lines.filter((line) => line.startsWith(safe(formulas.treatment)))).toHaveLength(1);
    expect(lines.filter((line) => /^"?[=+\-@]/.test(line))).toEqual([]);
    const downloaded = new Set(lines.map((line) => line.split(",")[0]));
    expect((await usersIn("control")).filter((userId) => downloaded.has(userId))).toEqual([]);
    expect(lines.join()).not.toContain(formulas.control.replaceAll('"', '""'));
  });

  it("records who was contacted by pasting the list, and is warned of a control who was", async () => {
    const csv = await fetch(`${local.url}/v1/campaigns/${campaign}/audience?format=csv`);
    const treated = await usersIn("treatment");
    await paste(await csv.text());
    await page.getByText(`Contacts so far: ${treated.length} of the treatment.`).waitFor();
    const control = (await usersIn("control")).find((userId) => userId !== formulas.control) ?? "";
    await paste(`user,time,channel\n${control},${new Date(time).toISOString()},mail`);
    await page.getByText(`${treated.length} of the treatment, 1 of the control group.`).waitFor();
    await page.getByText("1 user of the control group was contacted").waitFor();
    await page.getByText("Say who was contacted").click();
    expect(await faultsOfLooks(browser, page, "campaign-contacts")).toEqual([]);
  });

  it("records who was contacted by a file, without a script, and is told of the lines that were left out", async () => {
    const treated = await usersIn("treatment");
    const reader = await browser.page({ javaScriptEnabled: false });
    const send = async (name: string, content: string | Buffer) => {
      await reader.goto(`${local.url}/campaigns/${campaign}`);
      await reader.getByText("Say who was contacted").click();
      await reader.getByLabel("Or the same as a file").setInputFiles({
        ...{ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) },
      });
      await reader.getByRole("button", { name: "Record the file" }).click();
    };
    // As a spreadsheet saves "Unicode text".
    const day = new Date(time - 3_600_000).toISOString();
    await send("sent.txt", Buffer.from(`\ufeffEmail\tSent at\tVia\r\n${treated[1]}\t${day}\tpush\r\n`, "utf16le"));
    await reader.getByText(`Contacts so far: ${treated.length + 1} of the treatment, 1 of the control`).waitFor();
    await send("sent.csv", `user_id,time,channel\n${treated[1]},${day},push\n,${day},push\n${treated[2]},soon,push\n`);
    await reader.getByRole("heading", { name: "2 lines of the file were left out" }).waitFor();
    await reader.getByText("0 contacts are new, 1 was known already.").waitFor();
    await reader.getByText("Line 3: the user is required.").waitFor();
    await reader.getByText("Line 4: soon is not a time, such as 2026-03-01.").waitFor();
    await reader.getByRole("link", { name: "Back to the campaign" }).click();
    await reader.waitForURL(`${local.url}/campaigns/${campaign}`);
    await send("sent.xlsx", "PK\u0003\u0004");
    await reader.getByRole("alert").getByText("save the sheet as “CSV UTF-8”").waitFor();
    await reader.getByRole("link", { name: "Go back and choose another file" }).click();
    await reader.waitForURL(`${local.url}/campaigns/${campaign}`);
    await reader.context().close();
  });

  it("records who wants no contact", async () => {
    await page.goto(`${local.url}/campaigns/${campaign}`);
    await paste(`user\n"'${formulas.treatment.replaceAll('"', '""')}"`, true);
    const states = await local.stores.contacts.statesOf([formulas.treatment], 0);
    expect(states.get(formulas.treatment)?.optedOutAt).toBe(time);
  });

  it("sends those to contact to the webhook, signed, without the control group and who wants no contact", async () => {
    await page.getByRole("button", { name: "Send it to the webhook" }).click();
    const audience = z.object({
      type: z.literal("dev.lapse.campaign.audience"),
      data: z.object({ campaign: z.literal(campaign), users: z.array(z.object({ user_id: z.string() })) }),
    });
    const sent = () =>
      receiver.messages
        .flatMap((message) => audience.safeParse(message).data ?? [])
        .flatMap(({ data }) => data.users.map(({ user_id }) => user_id));
    const wanted = (await usersIn("treatment")).filter((userId) => userId !== formulas.treatment);
    await expect.poll(sent).toHaveLength(wanted.length);
    expect(new Set(sent())).toEqual(new Set(wanted));
    await page.getByText(`${wanted.length} users are on the way to the webhook.`).waitFor();
    expect(receiver.refused).toBe(0);
  });

  it("is given no one for another campaign who is in this one, and is told how many those are", async () => {
    await plan("While it runs", 100);
    await page
      .getByText(
        /Left out of it: 1 user who wants no contact, 399 users who are in another campaign that is under way\./,
      )
      .waitFor();
    const taken = new Set([...(await usersIn("treatment")), ...(await usersIn("control"))]);
    const others = await usersOf("while-it-runs");
    expect(others).toHaveLength(100);
    expect(others.filter((userId) => taken.has(userId))).toEqual([]);
    await local.stores.campaigns.remove("while-it-runs");
  });

  async function paste(lines: string, isOptOut = false): Promise<void> {
    await page.getByText("Say who was contacted").click();
    await page.getByLabel("One user a line").fill(lines);
    if (isOptOut) await page.getByLabel("These users want no contact").check();
    // The page that follows has the form closed.
    const follows = page.waitForResponse((response) => response.request().isNavigationRequest() && response.ok());
    await page.getByRole("button", { name: "Record", exact: true }).click();
    await follows;
    await page.locator("details:not([open])").waitFor();
  }
});

describe("who must show that a campaign paid", () => {
  it("is told that it is too early, however often they look", async () => {
    await page.goto(`${local.url}/campaigns/${campaign}`);
    await page.getByText("The windows of 0 of 400 users have closed").waitFor();
    expect(await page.getByText("Contacting them was").count()).toBe(0);
  });

  it("gets a verdict with an interval once the windows have closed, and what it cost", async () => {
    await live();
    await page.goto(`${local.url}/campaigns/${campaign}`);
    await page.getByText("The windows of all users have closed.").waitFor();
    await page.getByText("ended: better", { exact: true }).waitFor();
    await page.getByText(/^Contacting them was better than not\. Users kept: .+Of those who would have left/).waitFor();
    const ended = await local.stores.campaigns.campaign(campaign);
    expect(ended?.result).toBeUndefined();
    // As the monitor does at night.
    const [left] = (await measureCampaign(ended!, { ...local.stores, now: () => time })).outcomes;
    expect(left).toMatchObject({ name: "left", verdict: "better" });
    await page
      .getByText(/^Treatment minus control, as they are: −[\d.]+\s.*\(95\s% interval −.+ to −.+\)$/)
      .first()
      .waitFor();
    await page
      .getByText(/^Treatment minus control, adjusted for the score/)
      .first()
      .waitFor();
    await page.getByRole("heading", { name: "Cost and profit" }).waitFor();
    await page.getByRole("heading", { name: "Are the arms alike?" }).waitFor();
    await page.getByRole("rowheader", { name: "days since the last action" }).waitFor();
    expect(await faultsOfLooks(browser, page, "campaign-result")).toEqual([]);
  });

  it("sees what all campaigns kept, and plans the next one by it", async () => {
    await page.goto(`${local.url}/campaigns`);
    await page
      .getByText(/^1 campaign has ended; of \d+ users who were to be contacted, .+ stayed because of it\.$/)
      .waitFor();
    expect(await faultsOfLooks(browser, page, "campaigns")).toEqual([]);
    await page.getByRole("link", { name: "Plan a campaign" }).click();
    await page.getByText(/^Save rate: .+, from one campaign\.$/).waitFor();
  });

  it("contacts no one again within the days of rest, nor who wants no contact", async () => {
    await plan("Next mails", 150);
    await page.getByText(/Left out of it: 1 user who wants no contact, /).waitFor();
    await page.getByText(/\d+ users who had been contacted within 30\sdays/).waitFor();
    const contacted = new Set(await usersIn("treatment"));
    expect((await usersOf("next-mails")).filter((userId) => contacted.has(userId))).toEqual([]);
    expect(await faultsOfLooks(browser, page, "campaign-left-out")).toEqual([]);
  });

  it("reads what all of it means without a script", async () => {
    const reader = await browser.page({ javaScriptEnabled: false });
    await reader.goto(`${local.url}/campaigns/${campaign}`);
    await reader
      .getByText(
        /^The windows of all users have closed\. The 95\s% interval of each outcome holds at all looks together/,
      )
      .waitFor();
    await reader.getByRole("img", { name: /^Treatment minus control, left, with 95 % intervals/ }).waitFor();
  });

  /** Eight days go by, in which most of the treatment come back, and few of the control group. */
  async function live(): Promise<void> {
    const today = dayOf(time);
    const visits = (users: readonly string[], share: number) =>
      users
        .filter((_, i) => i % 10 < 10 * share)
        .map((userId) => ({ userId, action: "visit", time: startOf(today + 3), value: 10 }));
    const others = Array.from({ length: 3_000 }, (_, i) => ({
      ...{ userId: `other-${i % 300}`, action: "visit", time: startOf(today + 1 + Math.floor(i / 300)) },
    }));
    const [treatment, control] = await Promise.all([usersIn("treatment"), usersIn("control")]);
    await local.stores.actions.append([...visits(treatment, 0.8), ...visits(control, 0.4), ...others]);
    await local.stores.actions.rollUp();
    time = startOf(today + 10);
  }
});
