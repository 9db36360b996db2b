import { expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

/** A log of 30 users with three actions each, and of some with more. */
function logWith(many: Readonly<Record<string, number>>): string {
  const usual = Array.from({ length: 30 }, (_, user) => [`u${user}`, 3] as const);
  const rows = [...usual, ...Object.entries(many)].flatMap(([user, actions]) =>
    Array.from({ length: actions }, (_, i) => {
      const time = new Date(Date.UTC(2025, 0, 1 + (i % 28), Math.floor(i / 28))).toISOString();
      return `${user},${time},view\n`;
    }),
  );
  return `user,time,action\n${rows.join("")}`;
}

it("tells an id that everybody without a login acts under", async () => {
  const { notes, users } = await readContent(logWith({ anonymous: 60 }));
  expect(notes).toBe(
    'user "anonymous" (40 %) has 20 times as many actions as any other user: hardly one person. Kept as a user; leave such rows out if they are nobody\'s in particular.',
  );
  expect(users).toContain("anonymous");
});

it("tells several such ids", async () => {
  expect((await readContent(logWith({ "0": 90, "-1": 600 }))).notes).toBe(
    'user "-1" (77 %), "0" (12 %) have 30 times as many actions each as any other user: hardly one person. Kept as users; leave such rows out if they are nobody\'s in particular.',
  );
});

it("says nothing of users who are busier than others by degrees, or of a small part of the log", async () => {
  expect((await readContent(logWith({ a: 200, b: 100, c: 50, d: 25 }))).notes).toBe("");
  const busy = Object.fromEntries(Array.from({ length: 60 }, (_, user) => [`v${user}`, 12]));
  expect((await readContent(logWith(busy))).notes).toBe("");
});

it("says nothing of logs with few users", async () => {
  const days = Array.from({ length: 28 }, (_, i) => `b,2025-02-${String(i + 1).padStart(2, "0")}\n`).join("");
  expect((await readContent(`user,time\na,2025-01-01\na,2025-01-02\n${days}`)).notes).toBe("");
});
