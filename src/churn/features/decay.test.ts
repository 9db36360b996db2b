import fc from "fast-check";
import { expect, it } from "vitest";
import { DecayedSums, decayWeights } from "./decay.ts";
import { Series } from "./series.ts";

it("sums of several half-lives are those of each, to the last bit and as far as its weights reach", () => {
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 4_000 }), { maxLength: 60 });
  const hours = fc.uniqueArray(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(days, hours, fc.integer({ min: 0, max: 4_000 }), (active, halfLives, at) => {
      const series = new Series();
      for (const day of active.sort((a, b) => a - b))
        series.add({ day, action: "buy", count: 1, value: day % 3 === 0 ? 0 : day / 7 });
      series.moveTo(at);
      const sums = new DecayedSums();
      const places = halfLives.map((each) => sums.placeOf(each));
      sums.read(series);
      for (const [i, place] of places.entries()) {
        const weights = decayWeights(halfLives[i] ?? 0);
        let [ofDays, ofValues] = [0, 0];
        for (const day of active.filter((one) => one < at).reverse()) {
          const weight = weights[at - day] ?? 0;
          ofDays += weight;
          ofValues += weight * (day % 3 === 0 ? 0 : day / 7);
        }
        expect([sums.days(place), sums.values(place)]).toEqual([ofDays, ofValues]);
      }
    }),
  );
});
