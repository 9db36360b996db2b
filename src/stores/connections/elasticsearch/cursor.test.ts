import { expect, it } from "vitest";
import { Cursor } from "./cursor.ts";

it("reads item by item across pages, empty ones too, and waits only where a page ends", async () => {
  const cursor = await Cursor.open(pages([], [1, 2], [], [], [3], []));
  expect(cursor.item).toBe(1);
  expect(cursor.advance()).toBeUndefined();
  expect(cursor.item).toBe(2);
  await cursor.advance();
  expect(cursor.item).toBe(3);
  await cursor.advance();
  expect(cursor.item).toBeUndefined();
});

it("has no item in a stream without any", async () => {
  expect((await Cursor.open(pages([], []))).item).toBeUndefined();
});

it("ends the stream when it is closed", async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield [1];
    } finally {
      ended = true;
    }
  }
  const cursor = await Cursor.open(endless());
  await cursor.close();
  expect(ended).toBe(true);
});

async function* pages(...all: number[][]) {
  yield* all;
}
