import { expect, it } from "vitest";
import { Cursor } from "./cursor.ts";

it("reads item by item across pages, empty ones too, and waits only where a page ends", async () => {
  const cursor = await openedOn(pages([], [1, 2], [], [], [3], []));
  expect(cursor.item).toBe(1);
  expect(cursor.advance()).toBeUndefined();
  expect(cursor.item).toBe(2);
  await cursor.advance();
  expect(cursor.item).toBe(3);
  await cursor.advance();
  expect(cursor.item).toBeUndefined();
});

it("has no item in a stream without any", async () => {
  expect((await openedOn(pages([], []))).item).toBeUndefined();
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
  const cursor = await openedOn(endless());
  await cursor.close();
  expect(ended).toBe(true);
});

it("ends the stream also while its first page has yet to come", async () => {
  let ended = false;
  async function* slow() {
    try {
      await new Promise((resolve) => setTimeout(resolve, 10));
      yield [1];
    } finally {
      ended = true;
    }
  }
  const cursor = new Cursor(slow());
  const opening = cursor.open();
  await cursor.close();
  await opening;
  expect(ended).toBe(true);
});

async function openedOn(all: AsyncIterable<number[]>) {
  const cursor = new Cursor(all);
  expect(cursor.item).toBeUndefined();
  await cursor.open();
  return cursor;
}

async function* pages(...all: number[][]) {
  yield* all;
}
