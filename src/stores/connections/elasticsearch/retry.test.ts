import { expect, it } from "vitest";
import { Retries } from "./retry.ts";

it("waits twice as long each time, up to five seconds, and never beyond the deadline", async () => {
  expect(await waitsOf(30_000, 1)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000]);
});

it("waits half as long at the least", async () => {
  expect(await waitsOf(400, 0)).toEqual([50, 100, 200]);
});

it("tells of each further attempt", async () => {
  let told = 0;
  const waits = await waitsOf(400, 0, () => told++);
  expect(told).toBe(waits.length);
});

it("does not wait when there is no time for it", async () => {
  expect(await waitsOf(0, 0)).toEqual([]);
});

async function waitsOf(retryMilliseconds: number, random: number, onRetry?: () => void): Promise<number[]> {
  const waits: number[] = [];
  let time = 1_000;
  const sleep = async (wait: number) => {
    waits.push(wait);
    time += wait;
  };
  const options = { retryMilliseconds, random: () => random, onRetry };
  const retries = new Retries(options, { now: () => time, sleep });
  while (await retries.wait());
  return waits;
}
