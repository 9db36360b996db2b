import { expect, it } from "vitest";
import { riskChange } from "./risk-change.ts";

it("tells who enters risk once, however they go to and fro between high and medium", () => {
  expect(riskChange([], "high")).toBe("entered");
  expect(riskChange(["low", "medium"], "high")).toBe("entered");
  expect(riskChange(["high"], "high")).toBeUndefined();
  expect(riskChange(["low", "high", "medium", "medium"], "high")).toBeUndefined();
  expect(riskChange(["high", "low", "medium"], "high")).toBe("entered");
});

it("tells who leaves risk when they fall below the lower threshold, or lapse", () => {
  expect(riskChange(["high"], "medium")).toBeUndefined();
  expect(riskChange(["high", "medium", "medium"], "low")).toBe("left");
  expect(riskChange(["high", "medium"], "lapsed")).toBe("lapsed");
  expect(riskChange(["medium"], "low")).toBeUndefined();
  expect(riskChange(["low"], "lapsed")).toBeUndefined();
  expect(riskChange(["high", "lapsed"], "lapsed")).toBeUndefined();
});
