import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "#runtime/failures.ts";
import { mostContacts } from "./contact-items.ts";
import { contactLines } from "./contact-lines.ts";

const now = Date.UTC(2026, 2, 5);

describe("contacts in lines", () => {
  it("are one user each, or a table with a heading", () => {
    expect(contactLines("ann\r\n\r\nben\n", now).map(({ userId, time }) => [userId, time])).toEqual([
      ["ann", now],
      ["ben", now],
    ]);
    expect(contactLines("channel;User\nmail;ann", now)).toMatchObject([{ userId: "ann", channel: "mail" }]);
  });

  it("are as many as a request may have, below a heading or without one", () => {
    const lines = "a\n".repeat(mostContacts);
    expect(contactLines(`user\n${lines}`, now)).toHaveLength(mostContacts);
    expect(contactLines(lines, now)).toHaveLength(mostContacts);
    expect(() => contactLines(`user\n${lines}a`, now)).toThrow(TooLarge);
    expect(() => contactLines(`${lines}a`, now)).toThrow(TooLarge);
  });

  it.each(["\n", "\r", "\r\n", "a\n"])("are not divided where there are far too many: 16 MB of %j", (line) => {
    const text = line.repeat((16 * 1024 * 1024) / line.length);
    expect(() => contactLines(text, now)).toThrow("blank ones included");
  });

  it("are no line of thousands of cells", () => {
    expect(() => contactLines(`user,time\nann,\n${",".repeat(10_001)}`, now)).toThrow(
      new InvalidInput("Line 3 is longer than 10000 characters: put each user on a line."),
    );
  });
});
