import { expect, it } from "vitest";
import { readPages } from "./pages.ts";

it("fetches one page ahead of the reader, and no more", async () => {
  const fetched: (number | undefined)[] = [];
  const seen: number[] = [];
  const pages = readPages<number, number>(async (after) => {
    fetched.push(after);
    const page = (after ?? 0) + 1;
    return { items: page === 2 ? [] : [page], next: page < 5 ? page : undefined };
  });
  for await (const items of pages) {
    seen.push(...items);
    if (seen.length === 1) expect(fetched).toEqual([undefined, 1]);
  }
  expect(seen).toEqual([1, 3, 4, 5]);
  expect(fetched).toEqual([undefined, 1, 2, 3, 4]);
});

it("throws what a fetch throws after the page before it, also when nobody reads on", async () => {
  const pages = () =>
    readPages<number, number>(async (after) => {
      if (after !== undefined) throw new Error("gone");
      return { items: [1], next: 1 };
    });
  const reader = pages();
  expect((await reader.next()).value).toEqual([1]);
  await expect(reader.next()).rejects.toThrow("gone");
  const left = pages();
  await left.next();
  await left.return(undefined);
});
