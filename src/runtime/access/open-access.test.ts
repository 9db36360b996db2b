import type { JWK } from "jose";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Issuer, issuerKey } from "#test/support/issuer.ts";
import { parseConfig } from "../config.ts";
import type { Access } from "./access.ts";
import { accessSettings, eventAccessSettings } from "./access-settings.ts";
import { podAccess } from "./open-access.ts";

const settingsSchema = z.object({ ...accessSettings, ...eventAccessSettings });
let issuer: Issuer;
let key: JWK;

beforeAll(async () => {
  key = await issuerKey("first");
  // As the API server writes tokens of service accounts.
  issuer = await Issuer.start({ keys: [key], claims: { "kubernetes.io": { namespace: "shop" } } });
});

afterAll(() => issuer.stop());

/** What a pod with these settings says to a request; 200 if it is let in. */
async function admitted(environment: Record<string, string>, access: Access, token?: string): Promise<number> {
  const surroundings = {
    metrics: new Registry(),
    logger: pino({ level: "silent" }),
    now: Date.now,
    newId: () => "1",
    record: async () => undefined,
  };
  const open = await podAccess(parseConfig(settingsSchema, environment), surroundings, undefined);
  if (open === undefined) return 200;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const admission = await open.gate.admit({ method: "POST", path: "/", headers, address: undefined }, access);
  await open.close();
  return "refusal" in admission ? admission.refusal.status : 200;
}

describe("a function behind the Broker", () => {
  it("lets everyone deliver who reaches it, unless EVENTS_ISSUER is set", async () => {
    expect(await admitted({}, "broker")).toBe(200);
    expect(await admitted({ KEYS_FILE: "/nowhere/keys.json" }, "broker")).toBe(200);
    expect(await admitted({ EVENTS_ISSUER: issuer.url }, "broker")).toBe(401);
  });

  it.each<Access>(["broker", "send"])("takes tokens of one namespace then, and of one audience: %s", async (access) => {
    const ofShop = {
      EVENTS_ISSUER: issuer.url,
      EVENTS_AUDIENCE: "https://lapse.example.com",
      EVENTS_NAMESPACE: "shop",
    };
    const token = await issuer.token("https://lapse.example.com");
    const settings = { ...ofShop, OIDC_ALGORITHMS: "ES256" };
    expect(await admitted(settings, access, token)).toBe(200);
    expect(await admitted({ ...settings, EVENTS_NAMESPACE: "other" }, access, token)).toBe(403);
    expect(await admitted({ ...settings, EVENTS_AUDIENCE: "https://other.example.com" }, access, token)).toBe(401);
    expect(await admitted(settings, access)).toBe(401);
    expect(await admitted(settings, "open")).toBe(200);
  });

  it("takes neither keys nor tokens of another issuer then", async () => {
    const settings = { EVENTS_ISSUER: "http://127.0.0.1:1", KEYS_FILE: "/nowhere/keys.json", OIDC_ISSUER: issuer.url };
    const other = { ...settings, OIDC_AUDIENCE: "https://lapse.example.com", OIDC_ROLES_CLAIM: "sub" };
    expect(await admitted(other, "send", "lapse_abcdefgh_1234")).toBe(401);
  });
});
