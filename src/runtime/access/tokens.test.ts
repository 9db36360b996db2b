import { importJWK, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Issuer, issuerKey } from "#test/support/issuer.ts";
import type { Role } from "./access.ts";
import { IssuerUnavailable, Tokens, type TokensOptions } from "./tokens.ts";

const audience = "https://lapse.example.com";
const hour = 3_600_000;
let issuer: Issuer;
let key: JWK;

beforeAll(async () => {
  key = await issuerKey("first");
  const claims = {
    roles: ["send", "predict", "admin"],
    realm_access: { roles: ["sender"] },
    scope2: "read operate",
    "kubernetes.io": { namespace: "shop" },
  };
  issuer = await Issuer.start({ keys: [key], claims });
});

afterAll(() => issuer.stop());

function tokens(options: Partial<TokensOptions> = {}): Tokens {
  return new Tokens({
    issuer: issuer.url,
    audience,
    jwksUrl: undefined,
    rolesClaim: "roles",
    roleMap: undefined,
    algorithms: ["ES256"],
    clockToleranceSeconds: 30,
    cooldownMilliseconds: 0,
    now: () => Date.now(),
    ...options,
  });
}

/** A token that says what the issuer's would, signed by anyone. */
async function forged(kid: string, by: JWK, alg = "ES256"): Promise<string> {
  return new SignJWT({ roles: ["operate"] })
    .setProtectedHeader({ alg, kid })
    .setIssuer(issuer.url)
    .setAudience(audience)
    .setSubject("mallory")
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(await importJWK(by, alg));
}

describe("a token", () => {
  it("of the issuer says who its bearer is, and what they may do", async () => {
    expect(await tokens().verify(await issuer.token(audience))).toEqual({
      caller: { name: "shop", id: issuer.url, by: "token", roles: ["send", "predict"] },
    });
  });

  it.each<[string, [string, readonly Role[]][] | undefined, readonly Role[]]>([
    ["scope2", undefined, ["read", "operate"]],
    ["realm_access.roles", [["sender", ["send"]]], ["send"]],
    ["roles", [["admin", ["read", "operate"]]], ["read", "operate"]],
    ["kubernetes.io.namespace", [["shop", ["operate"]]], ["operate"]],
    ["nothing", undefined, []],
    ["__proto__.roles", undefined, []],
  ])("has its roles in the claim %s, by name or by what its values mean", async (rolesClaim, map, roles) => {
    const verified = tokens({ rolesClaim, roleMap: map && new Map(map) });
    expect(await verified.verify(await issuer.token(audience))).toMatchObject({ caller: { roles } });
  });

  it("for another service is refused", async () => {
    const token = await issuer.token("https://other.example.com");
    expect(await tokens().verify(token)).toEqual({ fault: "The claim aud of the token is not right." });
  });

  it("of another issuer is refused, even if that has the same keys", async () => {
    const other = tokens({ issuer: "http://127.0.0.1:1", jwksUrl: `${issuer.url}/jwks` });
    expect(await other.verify(await issuer.token(audience))).toEqual({
      fault: "The claim iss of the token is not right.",
    });
  });

  it("is good until it expires, and a little longer for clocks that differ", async () => {
    const token = await issuer.token(audience);
    const at = (offset: number) => tokens({ now: () => Date.now() + offset }).verify(token);
    expect(await at(hour + 20_000)).toHaveProperty("caller");
    expect(await at(hour + 40_000)).toEqual({ fault: "The token has expired." });
    expect(await at(-20_000)).toHaveProperty("caller");
  });

  it("that was altered is refused", async () => {
    const [header = "", payload = "", signature = ""] = (await issuer.token(audience)).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const more = Buffer.from(JSON.stringify({ ...claims, roles: ["operate"] })).toString("base64url");
    expect(await tokens().verify(`${header}.${more}.${signature}`)).toEqual({
      fault: "The signature of the token is wrong.",
    });
  });

  it("that somebody else signed is refused, whatever key and algorithm it names", async () => {
    const other = await issuerKey("first");
    expect(await tokens().verify(await forged("first", other))).toEqual({
      fault: "The signature of the token is wrong.",
    });
    expect(await tokens().verify(await forged("unknown", other))).toEqual({
      fault: "The token is signed with a key that its issuer does not have.",
    });
    // Signed with the issuer's public key as if it were a shared secret.
    const { d: _, ...publicKey } = key;
    const secret: JWK = { kty: "oct", k: Buffer.from(JSON.stringify(publicKey)).toString("base64url") };
    expect(await tokens().verify(await forged("first", secret, "HS256"))).toEqual({
      fault: "The token is signed in a way that is not taken.",
    });
    const unsigned = new UnsecuredJWT({ roles: ["operate"] })
      .setIssuer(issuer.url)
      .setAudience(audience)
      .setSubject("mallory")
      .setExpirationTime("1h")
      .encode();
    expect(await tokens().verify(unsigned)).toHaveProperty("fault");
  });

  it.each(["x", "a.b.c", "eyJhbGciOiJFUzI1NiJ9.e30.", `${"a".repeat(8_000)}.b.c`])("is not %.20s", async (text) => {
    expect(await tokens().verify(text)).toEqual({ fault: expect.any(String) });
  });

  it("without a subject or an end is refused, even of the issuer", async () => {
    const claims = new SignJWT({ roles: ["operate"] }).setProtectedHeader({ alg: "ES256", kid: "first" });
    const token = await claims
      .setIssuer(issuer.url)
      .setAudience(audience)
      .sign(await importJWK(key, "ES256"));
    expect(await tokens().verify(token)).toEqual({ fault: expect.stringMatching(/claim (exp|sub)/) });
  });
});

describe("the keys of an issuer", () => {
  it("are read again when they have been rotated, and those that are gone no longer count", async () => {
    const [before, after] = [await issuerKey("before"), await issuerKey("after")];
    const claims = { roles: ["read"] };
    const first = await Issuer.start({ keys: [before], claims });
    const verified = tokens({ issuer: first.url });
    const old = await first.token(audience);
    expect(await verified.verify(old)).toHaveProperty("caller");
    await first.stop();
    // What was read is enough while the issuer is away.
    expect(await verified.verify(old)).toHaveProperty("caller");
    const second = await Issuer.start({ keys: [after], claims, port: first.port });
    expect(await verified.verify(await second.token(audience))).toHaveProperty("caller");
    expect(await verified.verify(old)).toHaveProperty("fault");
    await second.stop();
  });

  it("cannot be told while the issuer is away: that is no fault of the token", async () => {
    const gone = await Issuer.start({ keys: [key], claims: { roles: ["read"] } });
    const token = await gone.token(audience);
    const { port } = gone;
    await gone.stop();
    const verified = tokens({ issuer: gone.url });
    await expect(verified.verify(token)).rejects.toThrow(IssuerUnavailable);
    const back = await Issuer.start({ keys: [key], claims: { roles: ["read"] }, port });
    expect(await verified.verify(token)).toHaveProperty("caller");
    await back.stop();
  });
});
