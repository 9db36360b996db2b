import { expect, it } from "vitest";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import { userLink, userPath } from "./user-link.ts";

it("leads back to the id, whatever it is, once a browser has read the link", () => {
  for (const userId of [...oddUserIds, ".", "..", "...", "a/b", "../../login", "?x=1#y", "%2e%2e", "‮evil"]) {
    const { pathname, searchParams } = new URL(userPath(userId), "http://desk");
    const found = pathname === "/user" ? searchParams.get("id") : decodeURIComponent(pathname.slice("/users/".length));
    expect(found).toBe(userId);
  }
});

it("shows an id of which nothing could be seen in quotation marks, and keeps others from turning the text around them", () => {
  expect(userLink(" ").markup).toContain("<bdi>“ ”</bdi>");
  for (const blank of ["\u200b", "\u2800", "\u3164", "\u115f\u1160", "\uffa0", "\u034f", "\ufe0f"])
    expect(userLink(blank).markup).toContain(`<bdi>“${blank}”</bdi>`);
  expect(userLink("‮evil").markup).toContain("<bdi>‮evil</bdi>");
  expect(userLink("<b>").markup).toContain("<bdi>&lt;b&gt;</bdi>");
});
