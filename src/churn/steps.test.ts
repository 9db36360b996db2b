import { expect, it } from "vitest";
import { finish, finishWith, type Steps } from "./steps.ts";

function* countTo(most: number, seen: string[] = []): Steps<number> {
  for (let step = 1; step <= most; step++) {
    seen.push(`step ${step}`);
    yield;
  }
  return most;
}

it("steps come to the same result at once and with pauses, one after each step", async () => {
  const seen: string[] = [];
  const pause = async () => void seen.push("pause");
  expect(await finishWith(countTo(3, seen), pause)).toBe(3);
  expect(seen).toEqual(["step 1", "pause", "step 2", "pause", "step 3", "pause"]);
  expect(finish(countTo(3))).toBe(3);
});

it("an error ends them", async () => {
  await expect(finishWith(countTo(3), () => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
});
