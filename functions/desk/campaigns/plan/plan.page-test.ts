import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { faultsOfLooks } from "#test/pages/looks.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

let browser: TestBrowser;
let local: LocalLapse;
let page: Page;

beforeAll(async () => {
  browser = await TestBrowser.start();
  local = await startLocalLapse({ copyOf: inject("learnedFolder") });
  page = await browser.page();
});

afterAll(async () => {
  await browser.close();
  await local.close();
});

describe("who plans a campaign", () => {
  it("is told what campaigns are for before there is one", async () => {
    await page.goto(`${local.url}/campaigns`);
    await page.getByText("Contact users who are about to leave, and know whether it helped.").waitFor();
    expect(await faultsOfLooks(browser, page, "campaigns-none")).toEqual([]);
  });

  it("is led from a filter of the users to the same users in the plan", async () => {
    await page.goto(`${local.url}/users?state=here`);
    await page.getByLabel("Risk at least").selectOption("0.05");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("link", { name: "Plan a campaign for these" }).click();
    await page.getByRole("heading", { name: "Plan a campaign" }).waitFor();
    expect(await page.locator("#state").inputValue()).toBe("here");
    expect(await page.getByLabel("Leave with at least (%)").inputValue()).toBe("5");
  });

  it("is told plainly when no user fits", async () => {
    await page.goto(`${local.url}/campaigns/new?min_tenure=90000`);
    await page.getByText("No user has a score that fits").waitFor();
    expect(await faultsOfLooks(browser, page, "campaign-plan-none")).toEqual([]);
  });

  it("keeps what was typed and is told which field is wrong", async () => {
    await page.goto(`${local.url}/campaigns/new?cost=cheap&capacity=40`);
    const alert = page.getByRole("alert");
    expect(await alert.textContent()).toContain("Cost of one contact: takes a number such as 12.50");
    expect(await page.getByLabel("Cost of one contact").inputValue()).toBe("cheap");
    expect(await page.getByLabel("Cost of one contact").getAttribute("aria-invalid")).toBe("true");
    expect(await faultsOfLooks(browser, page, "campaign-plan-refused")).toEqual([]);
    await page.getByLabel("Cost of one contact").fill("1");
    await page.getByRole("button", { name: "Work it out" }).click();
    await page.getByRole("heading", { name: "3. How many to contact" }).waitFor();
    expect(page.url()).toContain("capacity=40");
  });

  it("sees the profit by the length of the list, its best length, and the band around it", async () => {
    await page.goto(`${local.url}/campaigns/new?state=here&min_risk=2`);
    await page.getByLabel("Cost of one contact").fill("1");
    await page.getByLabel("Save rate (%)").fill("20");
    await page.getByLabel("Worth of a user who stays").fill("100");
    await page.getByRole("button", { name: "Work it out" }).click();
    await page.waitForURL(/save_rate=20/);
    await page.getByText(/^Contact [\d,]+ of [\d,]+ users: a profit of .+ \(.+ to .+\)\.$/).waitFor();
    await page.getByText("Save rate: 20 % (10 % to 30 %), as given.").waitFor();
    const plot = page.getByRole("img", { name: /^Profit by the number of users contacted/ });
    expect(await plot.locator(".band").count()).toBe(1);
    expect(await faultsOfLooks(browser, page, "campaign-plan")).toEqual([]);
  });

  it("learns without a script what an incentive and a dearer contact do to the list", async () => {
    const reader = await browser.page({ javaScriptEnabled: false });
    await reader.goto(`${local.url}/campaigns/new?state=here&min_risk=2&cost=1&save_rate=20&worth=100`);
    const best = async () => {
      const headline = await reader.getByText(/^Contact [\d,]+ of [\d,]+ users: a profit of/).textContent();
      return Number(/^Contact ([\d,]+)/.exec(headline ?? "")?.[1]?.replaceAll(",", ""));
    };
    const cheap = await best();
    await reader
      .getByText(/^If the save rate is at either end of its interval, [\d,]+ or [\d,]+ would be best\.$/)
      .waitFor();
    await reader.locator("#incentive").fill("5");
    await reader.getByRole("button", { name: "Work it out" }).click();
    await reader.waitForURL(/incentive=5/);
    const withIncentive = await best();
    expect(withIncentive).toBeLessThan(cheap);
    await reader.getByLabel("Cost of one contact").fill("1000");
    await reader.getByRole("button", { name: "Work it out" }).click();
    await reader.getByText("No contact pays for itself.").waitFor();
    expect(await reader.getByRole("button", { name: "Create the campaign" }).count()).toBe(0);
    const looked = await browser.page();
    await looked.goto(reader.url());
    expect(await faultsOfLooks(browser, looked, "campaign-plan-no-profit")).toEqual([]);
    await looked.context().close();
  });

  it("plans no more contacts than can be made", async () => {
    await page.getByLabel("At most (contacts)").fill("25");
    await page.getByRole("button", { name: "Work it out" }).click();
    await page.waitForURL(/capacity=25/);
    await page.getByText(/^Contact 25 of /).waitFor();
    await page.getByText(/^Without the limit of your capacity, [\d,]+ would be best/).waitFor();
    expect(await page.getByLabel("Users on the list").inputValue()).toBe("32");
    expect(await faultsOfLooks(browser, page, "campaign-plan-capped")).toEqual([]);
  });

  it("is told on the page of the campaign that the capacity ended its list", async () => {
    await page.getByLabel("Name").fill("As many as we can");
    await page.getByLabel("Users on the list").fill("400");
    await page.getByRole("button", { name: "Create the campaign" }).click();
    await page.getByText("The list ended at the capacity of 25 contacts, though more users fit.").waitFor();
    await page.getByText(/, at most 25 contacts$/).waitFor();
    expect(await faultsOfLooks(browser, page, "campaign-capped")).toEqual([]);
  });
});
