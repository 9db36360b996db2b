import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { TurnEnd } from "./turn-end.ts";

let turnEnd: TurnEnd;
beforeEach(() => {
  turnEnd = new TurnEnd();
});

/** Whether each of so many responses of one turn waits for its end. */
async function turnOf(responses: number): Promise<boolean[]> {
  const waits = Array.from({ length: responses }, () => turnEnd.wait());
  await nextTurn();
  return waits.map((wait) => wait !== undefined);
}

async function turnsOf(turns: number): Promise<boolean[]> {
  const waited: boolean[] = [];
  for (let turn = 0; turn < turns; turn++) waited.push(...(await turnOf(1)));
  return waited;
}

describe("responses of one turn", () => {
  it("wait for its end, and then go one after the other", async () => {
    const order: string[] = [];
    const first = turnEnd.wait()?.then(() => order.push("first"));
    const second = turnEnd.wait()?.then(() => order.push("second"));
    order.push("turn");
    await Promise.all([first, second]);
    expect(order).toEqual(["turn", "first", "second"]);
  });

  it("go at once where the last turns had one response each, but for a few that look whether there are more", async () => {
    expect(await turnsOf(8)).toEqual(Array(8).fill(true));
    const waited = await turnsOf(330);
    expect(waited.slice(0, 31)).toEqual(Array(31).fill(false));
    expect(waited.filter(Boolean)).toHaveLength(20);
  });

  it.each([2, 4, 5, 8, 16, 31, 32])(
    "wait again once there are %i to a turn, and as long as there now and then are",
    async (several) => {
      await turnsOf(8);
      for (let turn = 0; turn < 40; turn++) await turnOf(several);
      expect(await turnOf(several)).toEqual(Array(several).fill(true));
      for (let turn = 0; turn < 5; turn++) {
        expect(await turnsOf(7)).toEqual(Array(7).fill(true));
        expect(await turnOf(2)).toEqual([true, true]);
      }
    },
  );
});
