import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Sessions } from "./session.ts";

const secret = randomBytes(32);
let time = 0;
const sessions = new Sessions(secret, () => time);

function cookie(setCookie: string): string {
  return setCookie.split(";")[0] ?? "";
}

describe("a session", () => {
  it("names the key that it was begun with, among other cookies", () => {
    const begun = cookie(sessions.begin({ key: "abc" }, { secure: false }));
    expect(sessions.sessionOf(begun)).toEqual({ key: "abc" });
    expect(sessions.sessionOf(`theme=dark; ${begun}; other=1`)).toEqual({ key: "abc" });
  });

  it("is kept from scripts and from requests of other sites, and from plain HTTP where there is HTTPS", () => {
    expect(sessions.begin({ key: "abc" }, { secure: true })).toMatch(
      /; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(sessions.begin({ key: "abc" }, { secure: false })).not.toContain("Secure");
    expect(sessions.end({ secure: false })).toContain("Max-Age=0");
  });

  it("ends after half a day", () => {
    time = 0;
    const begun = cookie(sessions.begin({ key: "abc" }, { secure: false }));
    time = 12 * 3_600_000 - 1;
    expect(sessions.sessionOf(begun)).toEqual({ key: "abc" });
    time += 1;
    expect(sessions.sessionOf(begun)).toBeUndefined();
  });

  it("of a person ends after an hour, as a role may have been taken away", () => {
    const person = { name: "ana@example.com (1)", issuer: "https://id.example.com", roles: ["read" as const] };
    time = 0;
    const begun = cookie(sessions.begin({ person }, { secure: false }));
    time = 3_600_000 - 1;
    expect(sessions.sessionOf(begun)).toEqual({ person });
    time += 1;
    expect(sessions.sessionOf(begun)).toBeUndefined();
  });

  it("that was not signed here is none", () => {
    time = 0;
    const begun = cookie(sessions.begin({ key: "abc" }, { secure: false }));
    const other = cookie(new Sessions(randomBytes(32), () => 0).begin({ key: "abc" }, { secure: false }));
    const [, signature = ""] = begun.split(".");
    const payload = Buffer.from(JSON.stringify({ value: { key: "admin" }, until: 1e15 })).toString("base64url");
    const forged = [
      other,
      `lapse_session=${payload}.${signature}`,
      `lapse_session=${payload}.`,
      `lapse_session=${payload}`,
      "lapse_session=",
      `${begun}.x`,
      begun.slice(0, -2),
      "",
    ];
    for (const one of forged) expect(sessions.sessionOf(one), one).toBeUndefined();
    expect(sessions.sessionOf(undefined)).toBeUndefined();
  });
});
