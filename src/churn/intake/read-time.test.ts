import fc from "fast-check";
import { expect, it } from "vitest";
import { epoch, readTime } from "./read-time.ts";
import { plainForms } from "./time-forms.ts";

const patterns = plainForms.map(({ pattern }) => new RegExp(`^(?:${pattern})$`));
const some = (most: number) => fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, "0"));
/** Such as 20240301, 202403019960 and 1709290800000. */
const digits = fc.oneof(
  fc.stringMatching(/^[1-9][0-9]{8,16}$/),
  fc
    .tuple(fc.constantFrom("19", "20"), some(99), some(13), some(32), some(25), some(61), some(61))
    .chain((parts) => fc.integer({ min: 8, max: 14 }).map((length) => parts.join("").slice(0, length))),
);

it("reads dates by week and by day of the year, and none that are in no calendar", () => {
  const day = (text: string) => {
    const time = readTime(text);
    return time === undefined ? undefined : new Date(time).toISOString().slice(0, 10);
  };
  expect(["2024-W01-1", "2020W537", "2024-W05-3T23:30:00Z", "2026-W01-1"].map(day)).toEqual([
    "2024-01-01",
    "2021-01-03",
    "2024-01-31",
    "2025-12-29",
  ]);
  expect(["2024-366", "2023-365", "2024-060T10:00"].map(day)).toEqual(["2024-12-31", "2023-12-31", "2024-02-29"]);
  expect(["2024-W53-1", "2024-W00-1", "2024-W05-8", "2023-366", "2024-000"].map(day)).toEqual(Array(5).fill(undefined));
});

it("reads digits as a date where any form of a date fits them, and else as an epoch number; a number alike", () => {
  fc.assert(
    fc.property(digits, (text) => {
      const isDate = patterns.some((pattern) => pattern.test(text));
      if (!isDate && text.length >= 9) expect(readTime(text)).toBe(epoch(Number(text)));
      if (isDate) expect(readTime(text)).not.toBe(epoch(Number(text)));
      if (isDate && readTime(text) !== undefined) expect(readTime(Number(text))).toBe(readTime(text));
      if (Number.isSafeInteger(Number(text))) expect(readTime(Number(text))).toBe(readTime(text));
    }),
    { numRuns: 500 },
  );
  expect(readTime("20240301115959")).toBe(Date.UTC(2024, 2, 1, 11, 59, 59));
  expect(readTime(20_240_301)).toBe(Date.UTC(2024, 2, 1));
});
