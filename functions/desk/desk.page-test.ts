import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { faultsOfLooks } from "#test/pages/looks.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

let browser: TestBrowser;
let local: LocalLapse;

beforeAll(async () => {
  browser = await TestBrowser.start();
  local = await startLocalLapse({ copyOf: inject("learnedFolder") });
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
