import { expect, it } from "vitest";
import { processorTime } from "#test/support/processor-time.ts";
import { readContent } from "#test/support/read-content.ts";

it("takes lines that end with a carriage return alone among others, with all of their characters", async () => {
  const rows = Array.from(
    { length: 30_000 },
    (_, n) => `user-${n},2025-01-01T00:00:00Z,a${["\r\n", "\r", "\n"][n % 3]}`,
  );
  const { users, account } = await readContent(`user,time,action\r\n${rows.join("")}`);
  expect(users).toEqual(rows.map((_, n) => `user-${n}`));
  expect(account).toMatchObject({ read: 30_001, rejected: [] });
});

it.each([
  ["before a line feed", `${"\r".repeat(300_000)}\n`],
  ["before another character", `${"\r".repeat(300_000)}b,2025-01-01T00:00:00Z,x\r\n`],
  ["at the end", "\r".repeat(300_000)],
])("takes time by the length of a run of carriage returns only: %s", async (_, run) => {
  const time = await processorTime(async () => {
    const { users } = await readContent(`user,time,action\r\na,2025-01-01T00:00:00Z,x\r\n${run}`);
    expect(users[0]).toBe("a");
  });
  // By the square of the length it takes minutes.
  expect(time).toBeLessThan(20_000);
});
