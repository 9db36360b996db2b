import { expect, it } from "vitest";
import { Retries } from "./retry.ts";

it("pauses twice as long each time, up to five seconds, and never beyond the deadline", async () => {
  expect(await pausesOf(30_000, 1)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000]);
});

it("halves pauses at the least", async () => {
  expect(await pausesOf(400, 0)).toEqual([50, 100, 200]);
});

it("tells of each further attempt", async () => {
  let told = 0;
  const pauses = await pausesOf(400, 0, () => told++);
  expect(told).toBe(pauses.length);
});

it("does not pause when there is no time for it", async () => {
  expect(await pausesOf(0, 0)).toEqual([]);
});

async function pausesOf(retryMilliseconds: number, random: number, onRetry?: () => void): Promise<number[]> {
  const pauses: number[] = [];
  let time = 1_000;
  const sleep = async (pause: number) => {
    pauses.push(pause);
    time += pause;
  };
  const retries = new Retries({ retryMilliseconds, onRetry }, { random: () => random, now: () => time, sleep });
  while (await retries.pause());
  return pauses;
}
