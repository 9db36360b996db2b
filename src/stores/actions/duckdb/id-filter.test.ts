import { expect, it } from "vitest";
import { randomFrom } from "#churn/random.ts";
import { IdFilter } from "./id-filter.ts";

function ids(seed: string, count: number): (readonly [number, number])[] {
  const random = randomFrom(seed);
  const word = () => Math.floor(random() * 2 ** 32);
  return Array.from({ length: count }, () => [word(), word()] as const);
}

it("never misses an id that was added, and takes few others for one, also when it is full", () => {
  const filter = new IdFilter(0);
  const known = ids("known", 100_001);
  expect(known.some(([first, second]) => filter.mayHold(first, second))).toBe(false);
  const [last, ...others] = known.toReversed();
  for (const id of others) filter.add(...id);
  expect(filter.isFull).toBe(false);
  filter.add(...last!);
  expect(filter.isFull).toBe(true);
  expect(known.every(([first, second]) => filter.mayHold(first, second))).toBe(true);
  const taken = ids("others", 20_000).filter(([first, second]) => filter.mayHold(first, second));
  expect(taken.length / 20_000).toBeLessThan(0.01);
});

it("takes more ids where more are expected", () => {
  const filter = new IdFilter(60_000);
  for (const id of ids("known", 110_000)) filter.add(...id);
  expect(filter.isFull).toBe(false);
  expect([filter.bytes, IdFilter.bytesFor(60_000)]).toEqual([262_144, 262_144]);
  expect(IdFilter.bytesFor(10_000_000)).toBe(64 * 1024 ** 2);
});
