import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startOf } from "#churn/day.ts";
import { faultsOfLooks } from "#test/pages/looks.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

let browser: TestBrowser;
let local: LocalLapse;
/** Of lapse, in milliseconds since the epoch. */
let time = Date.now();

beforeAll(async () => {
  browser = await TestBrowser.start();
  local = await startLocalLapse({ copyOf: inject("learnedFolder"), now: () => time });
});

afterAll(async () => {
  await browser.close();
  await local.close();
});

describe("the desk in a browser", () => {
  let page: Page;

  beforeAll(async () => {
    page = await browser.page();
  });

  it.each([
    { name: "today", path: "/" },
    { name: "users", path: "/users?state=at_risk&min_value=0" },
    { name: "lapsed", path: "/users?state=lapsed" },
    { name: "model", path: "/model" },
    { name: "operations", path: "/operations" },
    { name: "promises", path: "/promises" },
    { name: "promises-segments-none", path: "/promises/segments" },
    { name: "users-refused", path: "/users?min_value=much" },
    { name: "api", path: "/api" },
    { name: "try", path: "/try" },
  ])("shows $path on a computer and a telephone, light and dark, to everyone", async ({ name, path }) => {
    expect((await page.goto(local.url + path))?.status()).toBe(name === "users-refused" ? 400 : 200);
    expect(await faultsOfLooks(browser, page, name)).toEqual([]);
  });

  it("leads from the figures of today to the users at risk, and to one of them, without a script", async () => {
    const reader = await browser.page({ javaScriptEnabled: false });
    await reader.goto(local.url);
    await reader.locator(".figures a", { hasText: /^\d/ }).nth(2).click();
    await reader.waitForURL(/state=at_risk/);
    await reader.getByLabel("Sort by").selectOption("value_at_risk");
    await reader.getByRole("button", { name: "Show" }).click();
    await reader.waitForURL(/sort=value_at_risk/);
    await reader.locator("table.users th a").first().click();
    await reader.waitForURL(/\/users\/[^?]/);
    await page.goto(reader.url());
    await page.getByRole("heading", { name: "What if" }).waitFor();
    expect(await faultsOfLooks(browser, page, "user")).toEqual([]);
  });

  it("shows the reason first on a telephone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${local.url}/users?state=at_risk`);
    const row = page.locator("table.users tbody tr").first();
    const [because, user] = await Promise.all([".because", "th"].map((part) => row.locator(part).boundingBox()));
    expect(because?.y).toBeLessThan(user?.y ?? 0);
  });
});

describe("who starts the day with it", () => {
  let reader: Page;
  /** A user who left the risk with the second list, and the one whom it holds for the most likely to leave. */
  let back = "";
  let silent = "";

  beforeAll(async () => {
    reader = await browser.page({ javaScriptEnabled: false });
  });

  it("is told on the first day that there is nothing to compare with, and what needs a person: nothing", async () => {
    await reader.goto(local.url);
    await reader
      .getByText("This is the first list: that of a later day tells who has come to be at risk, and who no longer is.")
      .waitFor();
    await reader
      .getByText(/^Of one user who left and one who stayed, .* in \d\d \(\d\d to \d\d\) of 100 cases; the days since/)
      .waitFor();
    // Between one and half past two at night, train comes first.
    await reader.getByText(/^Next: (?=.*features at \d{4}-\d\d-\d\d \d\d:\d\d UTC).*train at \d{4}-/).waitFor();
    expect(await reader.locator(".alarm, .notice").count()).toBe(0);
  });

  it("sees on the next who entered and who left the risk, and goes to them", async () => {
    await nextNight();
    await reader.goto(local.url);
    await reader
      .getByText(
        /^Since the list before, \d+ users? (has|have) come to be at risk, and of those who were, \d+ users? (is|are) at low risk/,
      )
      .waitFor();
    await reader.locator('a[href="/users?moved=calmed"]').click();
    await reader.waitForURL(/moved=calmed/);
    back = (await reader.locator("table.users th a").first().textContent()) ?? "";
    silent = (await local.stores.users.page({ filter: {}, order: "probability", limit: 1 })).users[0]?.userId ?? "";
    expect(silent).not.toBe(back);
    const page = await browser.page();
    await page.goto(local.url);
    expect(await faultsOfLooks(browser, page, "today-next")).toEqual([]);
    await page.context().close();
  });

  it("sees of one user how the probability moved, the day of crossing, the active days, and what if", async () => {
    await reader.goto(`${local.url}/users/${back}`);
    await reader.getByRole("img", { name: /^Probability of leaving over time/ }).waitFor();
    const description = await reader.locator("#probability-description, svg desc").first().textContent();
    expect(description).toMatch(/^From \d+\s% on [\d-]+ to \d+\s% on [\d-]+\..* No longer at risk from [\d-]+ on\.$/);
    await reader
      .getByText(/^Active on \d+\sdays? of the last 120/)
      .first()
      .waitFor();
    await reader.getByText("What the model would predict of the user; not what a contact would do to them.").waitFor();
    const shown = await reader.locator(".outlooks dd").allTextContents();
    const [now, , week] = shown.map((text) => Number(/^(\d+)\s%/.exec(text)?.[1]));
    expect(week).toBeGreaterThan(now ?? 100);
    // The difference is that of the percentages that are shown.
    expect(shown[2]).toContain(`+${(week ?? 0) - (now ?? 0)}\u00a0point`);
  });

  it("sees why another is about to leave, by amounts beside what is typical, and who was contacted", async () => {
    await local.stores.contacts.append([{ userId: silent, time, campaignId: undefined, channel: "mail" }]);
    await local.stores.contacts.optOut([{ userId: silent, time }]);
    const page = await browser.page();
    await page.goto(`${local.url}/users/${silent}`);
    const reasons = page.getByRole("region", { name: "Reasons" });
    await reasons.getByRole("columnheader", { name: "Odds of leaving" }).waitFor();
    expect(await reasons.getByRole("row").count()).toBeGreaterThan(1);
    await page.getByText("This user wants no contact.").waitFor();
    await page.getByRole("region", { name: "Contacts" }).getByText("mail").waitFor();
    expect(await faultsOfLooks(browser, page, "user-contacted")).toEqual([]);
    await page.context().close();
  });

  /** A day goes by on which a third of those at most risk come back; then the night makes the next list. */
  async function nextNight(): Promise<void> {
    const { users, actions } = local.stores;
    const snapshot = async () => (await users.page({ filter: {}, order: "user_id", limit: 1 })).users[0]?.snapshot ?? 0;
    const before = await snapshot();
    const riskiest = (await users.page({ filter: { state: "here" }, order: "probability", limit: 1_000 })).users;
    const visits = riskiest.flatMap(({ userId }, i) =>
      i % 3 === 1 ? [{ userId, action: "login", time: startOf(before) + 3_600_000 }] : [],
    );
    await actions.append(visits);
    time = startOf(before + 1) + 3_600_000;
    const ran = await fetch(`${local.url}/run/features`, {
      ...{ method: "POST", headers: { "content-type": "application/json" }, body: "{}" },
    });
    expect(ran.status).toBe(202);
    await expect.poll(snapshot).toBe(before + 1);
  }
});

describe("who looks for users", () => {
  let reader: Page;

  beforeAll(async () => {
    reader = await browser.page({ javaScriptEnabled: false });
  });

  const rows = () => reader.locator("table.users tbody tr");
  const show = async () => {
    const followed = reader.waitForResponse((response) => response.request().isNavigationRequest() && response.ok());
    await reader.getByRole("button", { name: "Show" }).click();
    await followed;
  };
  const percents = async () =>
    (await rows().locator(".risk").allTextContents()).map((text) => Number(/^(\d+)\s%/.exec(text)?.[1]));

  it("goes through the states by their tabs, each with as many users as it says", async () => {
    await reader.goto(`${local.url}/users`);
    const totals = await local.stores.users.totals({});
    for (const [name, state, count] of [
      ["Here", "here", totals.here],
      ["Slipping", "slipping", totals.slipping],
      ["At risk", "at_risk", totals.at_risk],
      ["Lapsed", "lapsed", totals.lapsed],
    ] as const) {
      await reader.getByRole("navigation", { name: "States" }).getByRole("link", { name }).click();
      await reader.waitForURL(new RegExp(`state=${state}`));
      const tab = reader.locator(".tabs a[aria-current]");
      expect(await tab.textContent()).toBe(`${name} ${count.toLocaleString("en")}`);
    }
    expect(await rows().first().locator(".risk").textContent()).toMatch(/^lapsed since \d{4}-\d\d-\d\d$/);
  });

  it("sorts by probability, and turns pages without losing or repeating anyone", async () => {
    await reader.goto(`${local.url}/users?state=slipping`);
    const first = await percents();
    const firstIds = await rows().locator("th").allTextContents();
    expect(first).toHaveLength(50);
    expect(first).toEqual([...first].sort((a, b) => b - a));
    await reader.getByRole("link", { name: "Next page" }).click();
    await reader.waitForURL(/cursor=/);
    const second = await percents();
    expect(second[0]).toBeLessThanOrEqual(first.at(-1) ?? 0);
    const secondIds = await rows().locator("th").allTextContents();
    expect(secondIds.filter((id) => firstIds.includes(id))).toEqual([]);
    await reader.getByRole("link", { name: "First page" }).click();
    await reader.waitForURL((url) => !url.searchParams.has("cursor"));
    expect(await rows().locator("th").allTextContents()).toEqual(firstIds);
  });

  it("narrows the list by risk, reason, value, silence and tenure, and keeps what was chosen", async () => {
    await reader.goto(`${local.url}/users?state=here`);
    const all = (await local.stores.users.totals({})).here;
    await reader.getByLabel("Risk at least").selectOption("0.2");
    await reader.getByLabel("Reason").selectOption("rhythm");
    await reader.getByText("Value, silence, tenure").click();
    await reader.getByLabel("Value in a churn window, at least").fill("1");
    await reader.getByLabel("Days silent, at least").fill("3");
    await reader.getByLabel("Days since first seen, at most").fill("250");
    await show();
    const shown = await percents();
    expect(shown.length).toBeGreaterThan(0);
    expect(Math.min(...shown)).toBeGreaterThanOrEqual(20);
    for (const text of await rows().locator(".rhythm").allTextContents())
      expect(Number(/silent (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(3);
    const kept = Number((await reader.locator(".tabs a[aria-current] .count-of").textContent())?.replaceAll(",", ""));
    expect(kept).toBeLessThan(all);
    expect(await reader.getByLabel("Reason").inputValue()).toBe("rhythm");
    expect(await reader.getByLabel("Days silent, at least").inputValue()).toBe("3");
    const plan = await reader.getByRole("link", { name: "Plan a campaign for these" }).getAttribute("href");
    expect(plan).toBe("/campaigns/new?state=here&reason=rhythm&min_risk=20&min_value=1&min_silence=3&max_tenure=250");
    const [download] = await Promise.all([
      reader.waitForEvent("download"),
      reader.getByRole("link", { name: "All of these as CSV" }).click(),
    ]);
    expect((await readFile(await download.path(), "utf8")).trimEnd().split("\n")).toHaveLength(1 + kept);
    await reader.getByRole("link", { name: "Clear filters" }).click();
    await reader.waitForURL(/\/users\?state=here$/);
  });

  it("finds a user by the beginning of the id, and is told plainly when no one fits", async () => {
    await reader.getByLabel("User id begins with").fill("user-000");
    await show();
    for (const id of await rows().locator("th").allTextContents()) expect(id).toMatch(/^user-000/);
    await reader.getByLabel("User id begins with").fill("nobody");
    await show();
    await reader.getByText("No user fits these filters.").waitFor();
    const page = await browser.page();
    await page.goto(reader.url());
    expect(await faultsOfLooks(browser, page, "users-none")).toEqual([]);
    await page.context().close();
  });
});
