import { describe, expect, it } from "vitest";
import { ownHistories, passiveNames } from "./passive.ts";

describe("names of passive actions", () => {
  it.each([
    ["email_*", "email_offer", true],
    ["email_*", "email_", true],
    ["email_*", "email", false],
    ["email_*", "read_email_offer", false],
    ["*_sent", "push_sent", true],
    ["*_sent", "push_sent_again", false],
    ["a*c*e", "abcde", true],
    ["a*c*e", "abde", false],
    ["*", "any name\nat all 🦆", true],
    ["invoice", "invoice", true],
    ["invoice", "Invoice", false],
    ["in.oice", "invoice", false],
    ["price (€) [+]", "price (€) [+]", true],
  ])("by %s, %s is one: %s", (pattern, name, isPassive) => {
    const test = passiveNames(["other", pattern]);
    expect(test(name)).toBe(isPassive);
    expect(test(name)).toBe(isPassive);
  });

  it("are none without patterns", () => {
    expect(passiveNames()("email")).toBe(false);
    expect(passiveNames([])("email")).toBe(false);
  });
});

describe("a history without what patterns name", () => {
  const user = {
    userId: "ann",
    days: ["login", "email_offer", "login"].map((action, day) => ({ day, action, count: 1, value: 0 })),
  };

  it("has what the user did", () => {
    expect(ownHistories(["email_*"])(user)).toEqual({ userId: "ann", days: [user.days[0], user.days[2]] });
    expect(ownHistories(["*"])(user).days).toEqual([]);
  });

  it("is the same one where nothing is left out", () => {
    expect(ownHistories(["sms_*"])(user)).toBe(user);
    expect(ownHistories([])(user)).toBe(user);
    expect(ownHistories(undefined)(user)).toBe(user);
  });
});
