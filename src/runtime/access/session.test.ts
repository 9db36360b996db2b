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
    const begun = cookie(sessions.begin("abc", { secure: false }));
    expect(sessions.keyIdOf(begun)).toBe("abc");
    expect(sessions.keyIdOf(`theme=dark; ${begun}; other=1`)).toBe("abc");
  });

  it("is kept from scripts and from other sites, and from plain HTTP where there is HTTPS", () => {
    expect(sessions.begin("abc", { secure: true })).toMatch(
      /; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(sessions.begin("abc", { secure: false })).not.toContain("Secure");
    expect(sessions.end({ secure: false })).toContain("Max-Age=0");
  });

  it("ends after half a day", () => {
    time = 0;
    const begun = cookie(sessions.begin("abc", { secure: false }));
    time = 12 * 3_600_000 - 1;
    expect(sessions.keyIdOf(begun)).toBe("abc");
    time += 1;
    expect(sessions.keyIdOf(begun)).toBeUndefined();
  });

  it("that was not signed here is none", () => {
    time = 0;
    const begun = cookie(sessions.begin("abc", { secure: false }));
    const other = cookie(new Sessions(randomBytes(32), () => 0).begin("abc", { secure: false }));
    const [, signature = ""] = begun.split(".");
    const payload = Buffer.from(JSON.stringify({ key: "admin", until: 1e15 })).toString("base64url");
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
    for (const one of forged) expect(sessions.keyIdOf(one), one).toBeUndefined();
    expect(sessions.keyIdOf(undefined)).toBeUndefined();
  });
});
