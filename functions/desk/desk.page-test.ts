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
    { name: "model", path: "/model" },
    { name: "operations", path: "/operations" },
    { name: "promises", path: "/promises" },
    { name: "api", path: "/api" },
    { name: "try", path: "/try" },
  ])("shows $path on a computer and a telephone, light and dark, to everyone", async ({ name, path }) => {
    expect((await page.goto(local.url + path))?.status()).toBe(200);
    expect(await faultsOfLooks(browser, page, name)).toEqual([]);
  });
});
