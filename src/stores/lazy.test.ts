import { expect, it } from "vitest";
import { Lazy } from "./lazy.ts";

it("is made once for all callers", async () => {
  let times = 0;
  const lazy = new Lazy(async () => ++times);
  expect(await lazy.made()).toBeUndefined();
  expect(await Promise.all([lazy.get(), lazy.get()])).toEqual([1, 1]);
  expect(await lazy.made()).toBe(1);
});

it("is made again after a failure", async () => {
  let times = 0;
  const lazy = new Lazy(async () => {
    if (++times === 1) throw new Error("away");
    return times;
  });
  const first = lazy.get();
  const made = lazy.made();
  await expect(first).rejects.toThrow("away");
  expect(await made).toBeUndefined();
  expect(await lazy.get()).toBe(2);
});
