import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { LedgerEntry } from "#stores/ledger/ledger.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { filledColumns } from "./row.ts";

const reason = { feature: "days_since_last", value: 9, typical: 2, contribution: 0.7, sentence: "silent for <9> days" };
const odd = "=1+1/🦆 &?#";
let local: LocalLapse;

beforeAll(async () => {
  local = await startLocalLapse();
  const users = Array.from({ length: 120 }, (_, i) =>
    listedUser(`user-${String(i).padStart(3, "0")}`, { probability: i / 1000, value: i, silence: 3 }),
  );
  const risky = { probability: 0.9, risk: "high", value: 100, reasons: [reason] } as const;
  await local.stores.users.put([listedUser("ann", { snapshot: 20_453, probability: 0.1 })], Date.now() - 1);
  await local.stores.users.put(
    [
      ...users,
      listedUser("ann", { ...risky, usualGap: 2, typicalGap: 4 }),
      listedUser(odd, risky),
      listedUser("gone", { state: "lapsed", probability: undefined, risk: undefined, lapsedSince: 20_400 }),
    ],
    Date.now(),
  );
  await local.stores.ledger.append(
    [0.1, 0.9].map(
      (probability, i): LedgerEntry => ({
        ...{ userId: "ann", snapshot: 20_453 + i, modelVersion: "v1", probability },
        role: "champion",
        state: "here",
      }),
    ),
  );
  await local.stores.contacts.append([{ userId: "ann", time: 1_767_000_000_000, campaignId: "spring" }]);
});

afterAll(() => local.close());

const answerSchema = z.object({ users: z.array(z.object({ user_id: z.string() })), next: z.string().optional() });

async function page(path: string): Promise<string> {
  const response = await fetch(local.url + path);
  expect(response.status, path).toBe(200);
  return response.text();
}

describe("GET /v1/users", () => {
  it("is read page by page to its end", async () => {
    const found: string[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const answer = answerSchema.parse(JSON.parse(await page(`/v1/users?limit=50&cursor=${next}`)));
      found.push(...answer.users.map(({ user_id }) => user_id));
      next = answer.next;
    }
    expect(found.slice(0, 3)).toEqual([odd, "ann", "user-119"]);
    expect([found.length, new Set(found).size, found.at(-1)]).toEqual([123, 123, "gone"]);
  });

  it("filters, and takes an empty parameter for none", async () => {
    const of = async (query: string) =>
      answerSchema.parse(JSON.parse(await page(`/v1/users?${query}`))).users.map(({ user_id }) => user_id);
    expect(await of("state=at_risk&sort=user_id&min_value=&reason=")).toEqual([odd, "ann"]);
    expect(await of("reason=rhythm&id=a")).toEqual(["ann"]);
    expect(await of("min_value=118&max_value=119&sort=value")).toEqual(["user-119", "user-118"]);
    expect(await of("state=lapsed")).toEqual(["gone"]);
  });

  it("refuses a parameter that is not one of the choices", async () => {
    for (const query of ["state=away", "limit=0", "limit=1001", "cursor=x", "min_probability=2", "sort=name"])
      expect((await fetch(`${local.url}/v1/users?${query}`)).status, query).toBe(400);
  });

  it("streams all users as CSV in which no spreadsheet finds a formula", async () => {
    const response = await fetch(`${local.url}/v1/users?state=at_risk`, { headers: { accept: "text/csv" } });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [head, first, second] = (await response.text()).split("\n");
    expect(head).toMatch(/^user_id,state,probability,risk,/);
    expect(first).toBe(`'${odd},here,0.9,high,100,90,,,,silent for <9> days`);
    expect(second).toMatch(/^ann,/);
    expect((await page("/users.csv")).split("\n")).toHaveLength(125);
  });
});

describe("one user", () => {
  it("is told to tools with what was shown of them and their contacts", async () => {
    const user = JSON.parse(await page("/v1/users/ann"));
    expect(user).toMatchObject({ user_id: "ann", risk: "high", value_at_risk: 90, opted_out: false });
    expect(user.history.map(({ probability }: { probability: number }) => probability)).toEqual([0.1, 0.9]);
    expect(user.contacts).toEqual([{ time: "2025-12-29T09:20:00.000Z", campaign: "spring" }]);
    expect((await fetch(`${local.url}/v1/users/nobody`)).status).toBe(404);
    expect(JSON.parse(await page("/v1/user?id=ann"))).toEqual(user);
    expect((await fetch(`${local.url}/v1/user?id=.`)).status).toBe(404);
  });

  it("has a page, whatever their id", async () => {
    const shown = await page("/users/ann");
    expect(shown).toContain("silent for &lt;9&gt; days");
    expect(shown).toContain("At risk from 2026-01-01 on.");
    expect(shown).toContain("spring");
    expect(await page(`/users/${encodeURIComponent(odd)}`)).toContain("=1+1/🦆 &amp;?#");
    expect(await page("/user?id=ann")).toBe(shown);
    for (const path of ["/users/nobody", "/user?id=..", `/users/${"x".repeat(257)}`])
      expect((await fetch(local.url + path)).status, path).toBe(path.length > 200 ? 400 : 404);
    const missing = await fetch(`${local.url}/users/nobody`);
    expect(missing.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await missing.text()).toContain("There is no user nobody.");
  });
});

describe("the page of users", () => {
  it("shows each user with their reason and both yardsticks, and leads to their page", async () => {
    const shown = await page("/users?state=at_risk");
    expect(shown).toContain("<strong>silent for &lt;9&gt; days</strong>");
    expect(shown).toContain("usual gap 2\u00a0days");
    expect(shown).toContain("typically 4\u00a0days");
    expect(shown).toContain(`href="/users/${encodeURIComponent(odd)}"`);
    expect(shown).toContain('aria-label="ann: from 10 % to 90 % over 2 scores"');
  });

  it("counts the states under the filters, and keeps the filters from page to page", async () => {
    const shown = await page("/users?state=here&min_value=0&sort=value");
    expect(shown).toMatch(/At risk <span class="count-of">2</);
    const next = /href="([^"]+)" rel="next"/.exec(shown)?.[1]?.replaceAll("&amp;", "&");
    expect(next).toContain("min_value=0");
    expect(await page(next ?? "")).toContain("First page");
  });

  it("tells of those who have lapsed what they were worth, most first, and offers nothing that they do not have", async () => {
    await local.stores.users.put(
      [30, 70].map((value, i) =>
        listedUser(`left-${i}`, {
          state: "lapsed",
          probability: undefined,
          risk: undefined,
          lapsedSince: 20_401,
          value,
        }),
      ),
      Date.now(),
    );
    const shown = await page("/users?state=lapsed&id=left");
    expect(shown.indexOf("left-1")).toBeLessThan(shown.indexOf("left-0"));
    expect(shown).toContain('<span class="named">value</span> 70');
    expect(shown).toContain('<option value="value" selected>');
    for (const text of ["Value at risk", "value at risk", "Risk at least", "probability of leaving", "“Typically”"])
      expect(shown).not.toContain(text);
    // Nothing to sort lapsed users by is carried over to them.
    expect(await page("/users?state=here&sort=value_at_risk")).toContain('href="/users?state=lapsed"');
    await local.stores.users.erase(["left-0", "left-1"]);
  });

  it("has no columns that are empty, as of those who lapsed before the first list", async () => {
    const headings = async (query: string) =>
      [...(await page(`/users?${query}`)).matchAll(/<th scope="col"[^>]*>([^<]*)/g)].map(([, name]) => name);
    expect(await headings("state=lapsed&id=gone")).toEqual(["User", "State", "Rhythm"]);
    expect(await headings("state=here")).toEqual([
      ...["User", "Leaves with", "Last 30 scores", "Because", "Value at risk", "Rhythm"],
    ]);
  });

  it("says that no user fits the filters", async () => {
    expect(await page("/users?id=zzz")).toContain("No user fits these filters.");
  });
});

it("has no column of values where no one is worth anything", () => {
  expect(filledColumns([listedUser("ann", { value: 0 }), listedUser("ben")]).worth).toBe(false);
  expect(filledColumns([listedUser("ann", { value: 0 }), listedUser("ben", { value: 2 })]).worth).toBe(true);
});
