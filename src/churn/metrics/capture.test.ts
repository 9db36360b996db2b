import { expect, it } from "vitest";
import { rankedCapture } from "./capture.ts";
import { ranking } from "./ranking.ts";

const p = Array.from({ length: 20 }, (_, i) => i / 20);
const y = p.map((_, i) => (i >= 16 ? 1 : 0));

it("is the share of churners in the riskiest tenth", () => {
  expect(rankedCapture(ranking(y, p))).toBe(2 / 4);
});

it("shares out those who are equally at risk", () => {
  // Of four rows with the highest probability two churned, and the tenth has two places.
  const tied = p.map((one) => Math.min(one, 0.8));
  const half = p.map((_, i) => (i === 16 || i === 19 || i === 0 ? 1 : 0));
  expect(rankedCapture(ranking(half, tied))).toBeCloseTo(1 / 3, 12);
});

it("counts rows as often as they occur, and the tenth is of all that do", () => {
  const ranked = ranking(y, p);
  // The riskiest row alone, ten times, beside ten others that stayed: it fills two places of twenty.
  const counts = Array.from(ranked.rows, (row) => (row === 19 ? 10 : row < 10 ? 1 : 0));
  expect(rankedCapture(ranked, counts)).toBe(2 / 10);
});

it("is not known where nobody churned", () => {
  expect(rankedCapture(ranking([0, 0], [0.1, 0.2]))).toBeNaN();
});
