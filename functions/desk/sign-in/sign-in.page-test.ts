import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOfLooks } from "#test/pages/looks.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { freePort } from "#test/support/free-port.ts";
import { Issuer, issuerKey } from "#test/support/issuer.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

let browser: TestBrowser;
let issuer: Issuer;
let local: LocalLapse;
/** Of lapse, in milliseconds; the issuer's stands still. */
let ahead = 0;

beforeAll(async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const people = { ana: { roles: ["read", "operate"] }, ben: { roles: ["predict"] } };
  issuer = await Issuer.start({ keys: [await issuerKey("a")], claims: {}, desk: { url, people } });
  local = await startLocalLapse({
    port,
    now: () => Date.now() + ahead,
    environment: {
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: "https://lapse.example.com",
      OIDC_CLIENT_ID: "desk",
      OIDC_CLIENT_SECRET: "desk-secret",
      PUBLIC_URL: url,
    },
  });
  browser = await TestBrowser.start();
});

afterAll(async () => {
  await browser.close();
  await local.close();
  await issuer.stop();
});

/** As the issuer knows it; 127.0.0.1 would be another site to the browser. */
const at = (path: string) => `${local.url.replace("127.0.0.1", "localhost")}${path}`;

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in with your organization" }).click();
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("button[type=submit]").click();
}

describe("a person who signs in at an issuer", () => {
  it("comes back to the page that was asked for, and is known by name until they sign out", async () => {
    const page = await browser.page();
    expect((await page.goto(at("/")))?.status()).toBe(401);
    expect(await faultsOfLooks(browser, page, "sign-in")).toEqual([]);
    await signIn(page, "ana");
    await page.waitForURL(at("/"));
    await page.getByText("ana@example.com (ana)").waitFor();
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === "lapse_session");
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    await page.getByRole("link", { name: "Sign out" }).click();
    const ended = page.waitForResponse(at("/session/end"));
    await page.getByRole("button", { name: "Sign out" }).click();
    await ended;
    expect((await page.goto(at("/")))?.status()).toBe(401);
  });

  it("may do what their roles allow, and only from pages of lapse", async () => {
    const page = await browser.page();
    await page.goto(at("/"));
    await signIn(page, "ana");
    await page.waitForURL(at("/"));
    const cookie = (await page.context().cookies(at("/"))).map(({ name, value }) => `${name}=${value}`).join("; ");
    const run = (headers: Record<string, string>) =>
      fetch(at("/run/features"), {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: "{}",
      });
    expect((await run({})).status).toBe(202);
    expect((await run({ origin: issuer.url })).status).toBe(403);
    expect((await fetch(at("/v1/models"), { headers: { cookie } })).status).toBe(403);
  });

  it("is told that they lack the role read, and has no session", async () => {
    const page = await browser.page();
    await page.goto(at("/"));
    await signIn(page, "ben");
    await page.getByText("ben@example.com (ben) lacks the role read").waitFor();
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain("lapse_session");
    expect((await page.goto(at("/")))?.status()).toBe(401);
  });

  it("signs in again after an hour, without a password while the issuer knows them", async () => {
    const page = await browser.page();
    await page.goto(at("/"));
    await signIn(page, "ana");
    await page.waitForURL(at("/"));
    ahead = 3_600_000;
    expect((await page.goto(at("/promises")))?.status()).toBe(401);
    await page.getByRole("link", { name: "Sign in with your organization" }).click();
    await page.waitForURL(at("/promises"));
    ahead = 0;
  });
});

describe("a person who signs in by a key", () => {
  it("is refused with another, let in with their own, without a script, and shown nothing that a reader may not do", async () => {
    const key = await local.key("read");
    const page = await browser.page({ javaScriptEnabled: false });
    await page.goto(at("/model"));
    const signInBy = async (text: string) => {
      await page.getByLabel("Key").fill(text);
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await signInBy("wrong");
    await page.getByRole("alert").waitFor();
    // A keyring may take a second to see that its file has changed.
    await expect
      .poll(async () => {
        if (await page.getByLabel("Key").isVisible()) await signInBy(key.text);
        return page.getByRole("link", { name: "Sign out" }).isVisible();
      })
      .toBe(true);
    expect(page.url()).toBe(at("/model"));
    expect(await page.getByRole("link", { name: "Put into service" }).count()).toBe(0);
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === "lapse_session");
    expect(cookie?.value).not.toContain(key.text);
    await local.revoke(key.id);
    await expect.poll(async () => (await page.goto(at("/model")))?.status()).toBe(401);
  });

  it("is told why a key is refused on a page that is well on a telephone, in the dark and in print", async () => {
    const page = await browser.page();
    await page.goto(at("/"));
    await page.getByLabel("Key").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(await faultsOfLooks(browser, page, "sign-in-refused")).toEqual([]);
  });
});

describe("what comes back from an issuer", () => {
  it("is not believed without a sign-in of this browser, or with the state of another", async () => {
    const page = await browser.page();
    expect((await page.goto(at("/session/callback?code=stolen&state=any")))?.status()).toBe(400);
    await page.getByText("No sign-in was begun in this browser").waitFor();
    const begun = await fetch(at("/session/start?to=/promises"), { redirect: "manual" });
    const cookie = begun.headers.get("set-cookie")?.split(";")[0] ?? "";
    const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state");
    const back = (query: string) =>
      fetch(at(`/session/callback?${query}`), { headers: { cookie }, redirect: "manual" });
    const iss = encodeURIComponent(issuer.url);
    for (const query of [
      `code=x&state=other&iss=${iss}`,
      `code=x&iss=${iss}`,
      `code=made-up&state=${state}&iss=${iss}`,
      `code=x&state=${state}&iss=https://evil.example.com`,
      `error=access_denied&state=${state}&iss=${iss}`,
    ]) {
      const refused = await back(query);
      expect(refused.status, query).toBe(400);
      expect(refused.headers.getSetCookie().join(), query).not.toContain("lapse_session");
    }
  });

  it("leads nowhere but to a page of lapse", async () => {
    const page = await browser.page();
    await page.goto(at("/session/start?to=//evil.example.com/"));
    await page.locator("input[name=login]").fill("ana");
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.locator("button[type=submit]").click();
    await page.waitForURL(at("/"));
  });
});

describe("a lapse whose issuer does not respond", () => {
  it("asks to come back later", async () => {
    const lost = await startLocalLapse({
      environment: {
        OIDC_ISSUER: "http://127.0.0.1:9",
        OIDC_AUDIENCE: "https://lapse.example.com",
        OIDC_CLIENT_ID: "desk",
        PUBLIC_URL: "http://localhost:8080",
      },
    });
    const { status } = await fetch(`${lost.url}/session/start`, { redirect: "manual" });
    expect(status).toBe(503);
    await lost.close();
  });
});
