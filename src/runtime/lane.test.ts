import { expect, it } from "vitest";
import { Lane } from "./lane.ts";

it("runs as many tasks at a time as it may, in the order they came, and goes on after one that fails", async () => {
  const lane = new Lane(2);
  const began: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const results = [0, 1, 2, 3].map((number) =>
    lane.run(async () => {
      began.push(number);
      await new Promise<void>((resolve, reject) => {
        ends[number] = (error) => (error === undefined ? resolve() : reject(error));
      });
      return number;
    }),
  );
  expect(began).toEqual([]);
  await expect.poll(() => began).toEqual([0, 1]);
  ends[1]?.(new Error("It failed."));
  await expect(results[1]).rejects.toThrow("It failed.");
  await expect.poll(() => began).toEqual([0, 1, 2]);
  ends[0]?.();
  expect(await results[0]).toBe(0);
  await expect.poll(() => began).toEqual([0, 1, 2, 3]);
  ends[2]?.();
  ends[3]?.();
  expect(await Promise.all(results.slice(2))).toEqual([2, 3]);
});
