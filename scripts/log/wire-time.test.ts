import { expect, it } from "vitest";
import { wireTime } from "./wire-time.ts";

it("writes times that ingest could take for seconds as ISO 8601", () => {
  expect(wireTime(1_700_000_000_123)).toBe(1_700_000_000_123);
  expect(wireTime(Date.UTC(1971, 1, 3, 4, 5, 6, 7))).toBe("1971-02-03T04:05:06.007Z");
});
