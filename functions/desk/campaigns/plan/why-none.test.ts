import { expect, it } from "vitest";
import { whyNone } from "./why-none.ts";

it("tells what may be done where only own campaigns speak against contacting anyone", () => {
  expect(whyNone({ isMeasured: false })).toBe("No contact pays for itself.");
  expect(whyNone({ isMeasured: true })).toContain("give the save rate that you expect of it");
});
