import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Access, type Role, roles } from "#runtime/access/access.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { Issuer, issuerKey } from "#test/support/issuer.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

const json = { "content-type": "application/json" };

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A request with exactly these headers: fetch sets Host and others by itself. */
function send(url: string, method: string, headers: Record<string, string>, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on("error", reject);
    // Of a GET a body would be taken for the next request.
    request.end(method === "POST" ? body : undefined);
  });
}

/** Longer than a keyring may take to see that its file has changed. */
const keysAreSeen = () => sleep(1_100);

describe("a lapse that only this machine reaches", () => {
  let local: LocalLapse;
  const run = (headers: Record<string, string>, body = "{}") =>
    send(`${local.url}/run/features`, "POST", headers, body);

  beforeAll(async () => {
    local = await startLocalLapse({ hosts: ["Laptop.example"] });
  });

  afterAll(() => local.close());

  it("asks nobody who they are", async () => {
    expect((await send(local.url, "GET", {})).status).toBe(200);
    expect((await run(json)).status).toBe(202);
  });

  it.each([
    "localhost",
    "localhost:3000",
    "127.0.0.1:8080",
    "127.1.2.3",
    "[::1]:8080",
    "LOCALHOST",
    "laptop.example:1",
  ])("is this machine by the name %s", async (host) => {
    expect((await send(local.url, "GET", { host })).status).toBe(200);
  });

  // A page of evil.example whose name has been pointed at 127.0.0.1 in the meantime.
  it.each([
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.evil.example",
    "192.168.1.7",
    "0.0.0.0",
    "[::2]",
  ])("does nothing for the name %j, whatever is asked", async (host) => {
    for (const path of ["/", "/healthz", "/models/v1", "/openapi.json", "/nothing"]) {
      const { status, body } = await send(local.url + path, "GET", { host });
      expect(status).toBe(421);
      expect(body).not.toContain("html");
    }
    expect((await run({ host, ...json })).status).toBe(421);
  });

  // What a browser sends for a page of another site, with fetch, with a form, from a sandbox.
  it.each<Record<string, string>>([
    { origin: "http://evil.example" },
    { origin: "https://localhost.evil.example" },
    { origin: "null" },
    { origin: "http://localhost:3000" },
    { origin: "file://" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://evil.example", "sec-fetch-site": "none" },
  ])("takes nothing that changes something from a page with %j", async (headers) => {
    const host = new URL(local.url).host;
    for (const type of ["application/json", "text/plain"]) {
      const common = { host, ...headers, "content-type": type };
      expect((await run(common)).status).toBe(403);
      const action = '{"user_id":"x","action":"y","timestamp":"2026-01-01"}';
      expect((await send(`${local.url}/events`, "POST", common, action)).status).toBe(403);
      expect((await send(`${local.url}/broker`, "POST", common, "{}")).status).toBe(403);
    }
    expect(await local.stores.actions.extent()).toBeUndefined();
  });

  it("takes what its own page sends, and what comes from no page", async () => {
    const host = new URL(local.url).host;
    expect((await run({ host, ...json, origin: `http://${host}`, "sec-fetch-site": "same-origin" })).status).toBe(202);
    expect((await run({ host, ...json, origin: `http://${host}` })).status).toBe(202);
  });

  it("runs nothing for a request that a page can send without asking first", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
      expect((await run({ "content-type": type })).status).toBe(415);
    expect((await run({})).status).toBe(415);
    expect((await run(json, "")).status).toBe(400);
    expect((await run(json, "[]")).status).toBe(400);
    expect((await run(json, '{"through":"today"}')).status).toBe(400);
  });

  it("answers no browser that asks first, and lets no page of another site read", async () => {
    const preflight = { origin: "http://evil.example", "access-control-request-method": "POST" };
    for (const path of ["/events", "/run/features", "/v1/models/churn:predict"]) {
      const { status, headers } = await send(local.url + path, "OPTIONS", preflight);
      expect(status).toBe(405);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    const { headers } = await send(local.url, "GET", { origin: "http://evil.example" });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("has pages in which nothing runs and which no other page shows", async () => {
    for (const path of ["/", "/api", "/models/v1", "/session"]) {
      const { headers, body } = await send(local.url + path, "GET", {});
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'.*frame-ancestors 'none'/);
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(body).not.toMatch(/<script|\son[a-z]+=|\sstyle=/);
    }
  });
});

describe("a lapse that asks for keys", () => {
  let local: LocalLapse;
  const keys = new Map<Role, string>();
  const bearer = (role: Role) => ({ authorization: `Bearer ${keys.get(role)}` });

  beforeAll(async () => {
    local = await startLocalLapse();
    for (const role of roles) keys.set(role, (await local.key(role)).text);
    await keysAreSeen();
  });

  afterAll(() => local.close());

  /** Every route of the server, as requests. */
  function everyRoute(): readonly { method: string; path: string; access: Access }[] {
    return local.lapse.served.flatMap(({ routes }) =>
      routes.map(({ method, path, access }) => ({
        method,
        path: path.replaceAll("::", ":").replace(/:(name|version)/, "v1"),
        access,
      })),
    );
  }

  it("has routes, and each says who may call it", () => {
    const all = everyRoute();
    expect(all.length).toBeGreaterThan(20);
    for (const { path, access } of all) expect([...roles, "open"], path).toContain(access);
    const open = all.filter(({ access }) => access === "open").map(({ method, path }) => `${method} ${path}`);
    // To open a route takes a line here too.
    expect(open.toSorted()).toEqual([
      "GET /api",
      "GET /healthz",
      "GET /openapi.json",
      "GET /readyz",
      "GET /session",
      "GET /v2/health/live",
      "GET /v2/health/ready",
      "POST /session",
      "POST /session/end",
    ]);
  });

  it("lets nobody in without a key, nor with one of another role, on any route", async () => {
    for (const { method, path, access } of everyRoute()) {
      if (access === "open" || access === "broker") continue;
      const bare = await send(local.url + path, method, json, "{}");
      expect(bare.status, path).toBe(401);
      expect(bare.headers["www-authenticate"]).toBe('Bearer realm="lapse"');
      expect(JSON.parse(bare.body)).toMatchObject({
        status: 401,
        role: access,
        error: expect.stringContaining(access),
      });
      for (const role of roles) {
        const { status, headers, body } = await send(local.url + path, method, { ...json, ...bearer(role) }, "{}");
        if (role === access) expect([401, 403], `${path} ${role}`).not.toContain(status);
        else {
          expect(status, `${path} ${role}`).toBe(403);
          expect(headers["content-type"]).toBe("application/problem+json");
          expect(headers["www-authenticate"]).toBe(
            `Bearer realm="lapse", error="insufficient_scope", scope="${access}"`,
          );
          expect(JSON.parse(body)).toMatchObject({
            title: "Forbidden",
            role: access,
            error: expect.stringContaining(access),
          });
        }
      }
    }
  });

  it("refuses HEAD as it does GET", async () => {
    expect((await send(local.url, "HEAD", {})).status).toBe(401);
    expect((await send(local.url, "HEAD", bearer("read"))).status).toBe(200);
  });

  it("takes no body of a caller whom it does not let in", async () => {
    const body = "x".repeat(20_000_000);
    const { status } = await send(`${local.url}/events`, "POST", json, body);
    expect(status).toBe(401);
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Basic YWRtaW46YWRtaW4=",
    "Bearer a b",
    "Bearer lapse_x",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
  ])("refuses Authorization: %s", async (authorization) => {
    const { status, headers } = await send(`${local.url}/v1/models`, "GET", { authorization });
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  it("takes a key by the case-insensitive scheme, and two at once while one takes the other's place", async () => {
    const [old, next] = [await local.key("predict"), await local.key("predict")];
    await keysAreSeen();
    const status = async (text: string) =>
      (await send(`${local.url}/v1/models`, "GET", { authorization: `bearer ${text}` })).status;
    expect([await status(old.text), await status(next.text)]).toEqual([200, 200]);
    await local.revoke(old.id);
    await keysAreSeen();
    expect([await status(old.text), await status(next.text)]).toEqual([401, 200]);
  });

  it("still tells a platform how it is", async () => {
    for (const path of ["/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"])
      expect((await send(local.url + path, "GET", {})).status).toBe(200);
  });

  it("records who was refused, and not what they showed", async () => {
    await send(`${local.url}/run/train`, "POST", { ...json, ...bearer("send") }, "{}");
    const entries: AuditEntry[] = [];
    for await (const entry of local.stores.audit.entries({ action: "access" })) entries.push(entry);
    expect(entries.find(({ who }) => who.startsWith("key"))).toMatchObject({
      from: expect.stringContaining("127.0.0.1"),
    });
    expect(JSON.stringify(entries)).not.toContain("lapse_");
  });

  describe("and has a form for people", () => {
    const html = { accept: "text/html,application/xhtml+xml" };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const signIn = (key: string, to = "/models/v1", headers: Record<string, string> = {}) =>
      send(`${local.url}/session`, "POST", { ...form, ...headers }, new URLSearchParams({ key, to }).toString());
    const cookieOf = ({ headers }: Answer) => String(headers["set-cookie"]).split(";")[0] ?? "";

    it("shows it to a browser in place of a page, and leads there with the key", async () => {
      const asked = await send(`${local.url}/models/v1`, "GET", html);
      expect(asked.status).toBe(401);
      expect(asked.body).toContain('name="to" value="/models/v1"');
      const begun = await signIn(keys.get("read") ?? "");
      expect(begun.status).toBe(303);
      expect(begun.headers.location).toBe("/models/v1");
      expect(String(begun.headers["set-cookie"])).toMatch(/; HttpOnly; SameSite=Lax$/);
      const page = await send(`${local.url}/models/v1`, "GET", { ...html, cookie: cookieOf(begun) });
      expect([page.status, page.body]).toEqual([200, "<html>v1</html>"]);
    });

    it("takes no wrong key, and none without the role read", async () => {
      const wrong = await signIn("lapse_nonsense");
      expect([wrong.status, wrong.headers["set-cookie"]]).toEqual([401, undefined]);
      const other = await signIn(keys.get("send") ?? "");
      expect([other.status, other.headers["set-cookie"]]).toEqual([403, undefined]);
      expect(other.body).toContain("lacks the role read");
    });

    it.each([
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
      "/a\r\nset-cookie: x=1",
    ])("leads nowhere else, such as to %j", async (to) => {
      expect((await signIn(keys.get("read") ?? "", to)).headers.location).toBe("/");
    });

    it("shows what a caller put into the path as text", async () => {
      const { body } = await send(`${local.url}/models/%22%3E%3Cscript%3E`, "GET", html);
      expect(body).not.toContain("<script>");
    });

    it("begins and ends no session for a page of another site", async () => {
      const elsewhere = { origin: "http://evil.example" };
      expect((await signIn(keys.get("read") ?? "", "/", elsewhere)).status).toBe(403);
      expect((await send(`${local.url}/session/end`, "POST", elsewhere)).status).toBe(403);
    });

    it("gives a session the roles of its key and no more, and ends it with the key", async () => {
      const key = await local.key("read", "operate");
      await keysAreSeen();
      const cookie = cookieOf(await signIn(key.text));
      expect((await send(`${local.url}/v1/models`, "GET", { cookie })).status).toBe(403);
      const host = new URL(local.url).host;
      const run = (origin: string) =>
        send(`${local.url}/run/features`, "POST", { host, cookie, ...json, origin }, "{}");
      expect((await run(`http://${host}`)).status).toBe(202);
      expect((await run("http://evil.example")).status).toBe(403);
      await local.revoke(key.id);
      await keysAreSeen();
      expect((await send(local.url, "GET", { cookie })).status).toBe(401);
    });
  });
});

describe("a lapse that takes tokens", () => {
  const audience = "https://lapse.example.com";

  it("lets in who has one of its issuer, with the roles that it says", async () => {
    const issuer = await Issuer.start({ keys: [await issuerKey("a")], claims: { groups: ["analysts"] } });
    const environment = {
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
      OIDC_ROLES_CLAIM: "groups",
      OIDC_ROLES: "analysts=read+predict",
    };
    const local = await startLocalLapse({ environment });
    const headers = { authorization: `Bearer ${await issuer.token(audience)}` };
    expect((await send(`${local.url}/v1/models`, "GET", headers)).status).toBe(200);
    expect((await send(`${local.url}/run/features`, "POST", { ...json, ...headers }, "{}")).status).toBe(403);
    expect((await send(`${local.url}/v1/models`, "GET", {})).status).toBe(401);
    const elsewhere = { authorization: `Bearer ${await issuer.token("https://other.example.com")}` };
    expect((await send(`${local.url}/v1/models`, "GET", elsewhere)).status).toBe(401);
    await issuer.stop();
    await local.close();
  });

  it("asks to try again while it cannot reach its issuer", async () => {
    const local = await startLocalLapse({
      environment: { OIDC_ISSUER: "http://127.0.0.1:9", OIDC_AUDIENCE: audience },
    });
    const { status, headers } = await send(local.url, "GET", { authorization: "Bearer a.b.c" });
    expect([status, headers["retry-after"]]).toEqual([503, "5"]);
    await local.close();
  });
});

describe("a lapse that other machines reach", () => {
  it("lets nobody in without a key, by whatever name it is reached", async () => {
    const local = await startLocalLapse({ isReachable: true });
    for (const host of ["localhost", "lapse.example.com"]) {
      expect((await send(local.url, "GET", { host })).status).toBe(401);
      expect((await send(`${local.url}/events`, "POST", { host, ...json }, "{}")).status).toBe(401);
    }
    const key = await local.key("read");
    await keysAreSeen();
    const headers = { host: "lapse.example.com", authorization: `Bearer ${key.text}` };
    expect((await send(local.url, "GET", headers)).status).toBe(200);
    await local.close();
  });
});
