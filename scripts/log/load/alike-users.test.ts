import { expect, it } from "vitest";
import { readContent, readContents } from "#test/support/read-content.ts";

it("tells ids that differ by capitals only", async () => {
  const { notes, users } = await readContent(
    "email,time\nAnn@x.org,2025-01-01\nann@x.org,2025-01-02\nBob@x.org,2025-01-02\n",
  );
  expect(notes).toBe(
    'email has an id in forms that differ only in capitals, such as "Ann@x.org" and "ann@x.org": each form is a user of its own.',
  );
  expect(users).toEqual(["Ann@x.org", "ann@x.org", "Bob@x.org"]);
});

it("tells ids that have leading zeros in one file and none in another", async () => {
  const { notes } = await readContents([
    "user,time\n007,2025-01-01\n010,2025-01-01\n0,2025-01-01\n0a,2025-01-01\n",
    "user,time\n7,2025-01-02\n10,2025-01-01\n00,2025-01-01\na,2025-01-01\n",
  ]);
  expect(notes).toBe(
    'user has 2 ids in forms that differ only in leading zeros, such as "007" and "7": each form is a user of its own.',
  );
});

it.each([
  ["in characters that do not show", "ann\u200b", "ann"],
  ["in how letters with marks are written", "Jose\u0301", "José"],
  ["in marks between thousands", '"1,234"', "1234"],
  ["in braces around them", "{0190aabb-7abc-8def}", "0190aabb-7abc-8def"],
])("tells ids that differ only %s", async (_, one, other) => {
  const { notes, users } = await readContent(`user,time\n${one},2025-01-01\n${other},2025-01-02\n`);
  expect(notes).toContain("user has an id in forms that differ only in ");
  expect(new Set(users).size).toBe(2);
});

it("says nothing of ids that differ otherwise", async () => {
  expect((await readContent("user,time\nA1,2025-01-01\na2,2025-01-02\n01,2025-01-02\n2,2025-01-02\n")).notes).toBe("");
});
