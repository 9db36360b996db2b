import { describe, expect, it } from "vitest";
import { isPassive, ownHistory } from "./passive.ts";

describe("an action's name", () => {
  it.each([
    ["email_*", "email_offer", true],
    ["email_*", "email_", true],
    ["email_*", "email", false],
    ["email_*", "read_email_offer", false],
    ["*_sent", "push_sent", true],
    ["*_sent", "push_sent_again", false],
    ["*_sent", "sent_sent_sent", true],
    ["a*c*e", "abcde", true],
    ["a*c*e", "abde", false],
    ["*", "any name\nat all 🦆", true],
    ["**", "a", true],
    ["invoice", "invoice", true],
    ["invoice", "invoices", false],
    ["invoice", "Invoice", false],
    ["in.oice", "invoice", false],
    ["price (€) [+]", "price (€) [+]", true],
    ["*name", "name with a *name", true],
  ])("matched with %s: %s is passive: %s", (pattern, name, expected) => {
    expect(isPassive(name, ["other", pattern])).toBe(expected);
  });

  it("is not passive without patterns", () => {
    expect(isPassive("email", undefined)).toBe(false);
    expect(isPassive("email", [])).toBe(false);
  });
});

describe("a history without what patterns name", () => {
  const user = {
    userId: "ann",
    days: ["login", "email_offer", "login"].map((action, day) => ({ day, action, count: 1, value: 0 })),
  };

  it("has what the user did", () => {
    expect(ownHistory(user, ["email_*"])).toEqual({ userId: "ann", days: [user.days[0], user.days[2]] });
    expect(ownHistory(user, ["*"]).days).toEqual([]);
  });

  it("is the same one where nothing is left out", () => {
    for (const none of [["sms_*"], [], undefined]) expect(ownHistory(user, none)).toBe(user);
  });
});
