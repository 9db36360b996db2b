import { expect, it } from "vitest";
import { QuasiNewton } from "./quasi-newton.ts";

/** Where the gradient of a quadratic of this Hessian, whose least value is at `least`, is taken. */
function at(theta: number[], hessian: number[][], least: number[]) {
  const gradient = hessian.map((row) => row.reduce((sum, h, j) => sum + h * ((theta[j] ?? 0) - (least[j] ?? 0)), 0));
  return { theta: Float64Array.from(theta), gradient: Float64Array.from(gradient) };
}

const hessian = [
  [4, 1],
  [1, 3],
];
const least = [2, -1];

it("reaches the least value of a quadratic in one step by its own Hessian", () => {
  const { theta, gradient } = at([10, 10], hessian, least);
  const step = new QuasiNewton(Float64Array.of(4, 0, 1, 3), 2).step(gradient);
  expect(theta[0]! - step[0]!).toBeCloseTo(2, 12);
  expect(theta[1]! - step[1]!).toBeCloseTo(-1, 12);
});

it("learns another Hessian from steps: what it has been told of the gradient it foretells", () => {
  const newton = new QuasiNewton(Float64Array.of(1, 0, 0, 1), 2);
  const [from, to] = [at([10, 10], hessian, least), at([7, 12], hessian, least)];
  newton.learn(from, to);
  const change = to.gradient.map((value, j) => value - (from.gradient[j] ?? 0));
  // The secant equation: a change of the gradient that was met is led back to the step that made it.
  expect(newton.step(change)[0]).toBeCloseTo(-3, 12);
  expect(newton.step(change)[1]).toBeCloseTo(2, 12);
});

it("takes nothing from a step along which the gradient did not rise, as by rounding", () => {
  const newton = new QuasiNewton(Float64Array.of(1, 0, 0, 1), 2);
  const point = at([10, 10], hessian, least);
  newton.learn(point, point);
  expect([...newton.step(Float64Array.of(3, 5))]).toEqual([3, 5]);
});
