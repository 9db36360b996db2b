import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseConfig } from "../config.ts";
import { accessSettings, withAccessRules } from "./access-settings.ts";

const schema = withAccessRules(z.object(accessSettings));
const issuer = { OIDC_ISSUER: "https://id.example.com", OIDC_AUDIENCE: "lapse" };

describe("the settings of access", () => {
  it("ask nobody who they are unless something is set", () => {
    expect(parseConfig(schema, {})).toMatchObject({ OIDC_ROLES_CLAIM: "roles", OIDC_CLOCK_TOLERANCE_SECONDS: 30 });
  });

  it("say what the values of a claim mean", () => {
    const { OIDC_ROLES } = parseConfig(schema, { ...issuer, OIDC_ROLES: "a=send, b:c=predict+read,a=operate" });
    expect([...(OIDC_ROLES ?? [])]).toEqual([
      ["a", ["send", "operate"]],
      ["b:c", ["predict", "read"]],
    ]);
  });

  it.each([
    [{ OIDC_ISSUER: "https://id.example.com" }, /OIDC_AUDIENCE is needed/],
    [{ ...issuer, OIDC_ISSUER: "http://id.example.com" }, /OIDC_ISSUER must begin with https/],
    [{ ...issuer, OIDC_ISSUER: "http://127.0.0.1.example.com" }, /OIDC_ISSUER must begin with https/],
    [{ ...issuer, OIDC_JWKS_URL: "ftp://id.example.com" }, /OIDC_JWKS_URL must be a URL/],
    [{ ...issuer, OIDC_ALGORITHMS: "RS256,HS256" }, /OIDC_ALGORITHMS/],
    [{ ...issuer, OIDC_ALGORITHMS: "none" }, /OIDC_ALGORITHMS/],
    [{ ...issuer, OIDC_ROLES: "a=root" }, /OIDC_ROLES must be VALUE=ROLE/],
    [{ ...issuer, OIDC_ROLES: "send" }, /OIDC_ROLES must be VALUE=ROLE/],
  ])("refuse %j", (environment, says) => {
    expect(() => parseConfig(schema, environment)).toThrow(says);
  });

  it("take an issuer on this machine without encryption, to try it out", () => {
    const local = { ...issuer, OIDC_ISSUER: "http://127.0.0.1:3000" };
    expect(parseConfig(schema, local).OIDC_ISSUER).toBe("http://127.0.0.1:3000");
  });
});
