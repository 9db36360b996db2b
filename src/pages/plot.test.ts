import { scaleLinear } from "d3-scale";
import { expect, it } from "vitest";
import { formatCount } from "./format.ts";
import { ticksAside } from "./plot.ts";

it.each([
  [
    [0, 2_000],
    ["0", "500", "1,000", "1,500", "2,000"],
  ],
  [
    [-2_000, 2_000],
    ["−2K", "−1K", "0", "1K", "2K"],
  ],
  [
    [0, 30_000_000],
    ["0", "10M", "20M", "30M"],
  ],
  [
    [-1_500, 0],
    ["−1.5K", "−1K", "−500", "0"],
  ],
])("shortens the amounts of %j beside a vertical axis where they would run into its label", (domain, labels) => {
  const ticks = ticksAside(scaleLinear(domain, [0, 100]), 3, formatCount);
  expect(ticks.map(({ label }) => label)).toEqual(labels);
});
