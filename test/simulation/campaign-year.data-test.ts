import { expect, it } from "vitest";
import { type Calibration, calibrationOf, othersThan, versionAfterYear } from "./campaign-year.ts";

const world = { users: 1500, seed: "1" };

it("after a year of campaigns, training that is protected from them calibrates as if there had been none, and other training does not", async () => {
  const others = othersThan(world, 6000);
  const after = async (year: { readonly hasCampaigns: boolean; readonly isProtected: boolean }) =>
    calibrationOf(await versionAfterYear({ ...world, ...year }), others);
  const without = await after({ hasCampaigns: false, isProtected: true });
  const unprotected = await after({ hasCampaigns: true, isProtected: false });
  const protectedly = await after({ hasCampaigns: true, isProtected: true });
  // Of those most at risk, whom campaigns are made for.
  const kept = ({ promised, happened }: Calibration) => promised / happened;
  expect(Math.abs(kept(without) - 1)).toBeLessThan(0.07);
  expect(Math.abs(kept(protectedly) - 1)).toBeLessThan(0.07);
  expect(kept(unprotected)).toBeLessThan(0.9);
  // Over all users.
  expect(without.error).toBeLessThan(0.015);
  expect(protectedly.error).toBeLessThan(without.error + 0.005);
  expect(unprotected.error).toBeGreaterThan(protectedly.error + 0.005);
});
