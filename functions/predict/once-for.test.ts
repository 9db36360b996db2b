import { expect, it } from "vitest";
import { onceFor } from "./once-for.ts";

it("makes what it is asked for once for each key, also where that is undefined", () => {
  const made: string[] = [];
  const of = onceFor(({ name }: { name: string }) => {
    made.push(name);
    return name === "none" ? undefined : { name };
  });
  const [first, second, none] = [{ name: "first" }, { name: "second" }, { name: "none" }];
  expect(of(first)).toBe(of(first));
  expect(of(second)).not.toBe(of(first));
  expect([of(none), of(none)]).toEqual([undefined, undefined]);
  expect(made).toEqual(["first", "second", "none"]);
});
