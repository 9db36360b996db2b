import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { gathered } from "./gathered.ts";

/** Knows the length of every key but "?", fails at "!", and notes what each call asks for. */
function lengths() {
  const calls: (readonly string[])[] = [];
  const find = async (keys: readonly string[]) => {
    calls.push(keys);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (keys.includes("!")) throw new Error("the file is gone");
    return new Map(keys.filter((key) => key !== "?").map((key) => [key, key.length]));
  };
  return { calls, find: gathered(find) };
}

describe("gathered", () => {
  it("finds together what was asked for while a call was under way, and gives each its own", async () => {
    const { calls, find } = lengths();
    const answers = await Promise.all([find(["a"]), find(["bb", "a"]), find(["bb", "?"])]);
    expect(answers.map((answer) => Object.fromEntries(answer))).toEqual([{ a: 1 }, { bb: 2, a: 1 }, { bb: 2 }]);
    expect(calls).toEqual([["a"], ["bb", "a", "?"]]);
  });

  it("asks for no more than fits into a call, in the order of asking", async () => {
    const { calls, find } = lengths();
    const many = (letter: string) => Array.from({ length: 1_500 }, (_, i) => `${letter}${i}`);
    const answers = await Promise.all([["x"], many("a"), many("b"), many("c").slice(0, 400)].map(find));
    expect(calls.map(({ length }) => length)).toEqual([1, 1_500, 1_900]);
    expect(answers.map(({ size }) => size)).toEqual([1, 1_500, 1_500, 400]);
  });

  it("fails those of a failed call, and goes on with the next", async () => {
    const { find } = lengths();
    const outcomes = await Promise.allSettled([find(["!"]), find(["a"])]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect((await find(["ccc"])).get("ccc")).toBe(3);
  });

  it("runs a call as if the one did who has waited longest, to whose trace it belongs", async () => {
    const caller = new AsyncLocalStorage<string>();
    const callers: (string | undefined)[] = [];
    const find = gathered(async (keys: readonly string[]) => {
      callers.push(caller.getStore());
      await new Promise((resolve) => setTimeout(resolve, 1));
      return new Map(keys.map((key) => [key, key]));
    });
    await Promise.all(["a", "b", "c"].map((key) => caller.run(key, () => find([key]))));
    expect(callers).toEqual(["a", "b"]);
  });
});
