import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { openThread } from "./open-thread.ts";

/** The code of a thread that calls `answerInThread` with a function of this text. */
function answering(setUp: string): { code: string } {
  const loader = import.meta.resolve("tsx/esm/api");
  const [inThread, failure] = ["answer-in-thread.ts", "../../churn/failure.ts"].map((file) =>
    JSON.stringify(new URL(file, import.meta.url).href),
  );
  return {
    code: `(async () => {
      const { register } = await import(${JSON.stringify(loader)});
      register();
      const { answerInThread } = await import(${inThread});
      const { InvalidInput } = await import(${failure});
      answerInThread(${setUp});
    })();`,
  };
}

describe("a thread that is open", () => {
  it("answers questions in their order, by what it was set up with", async () => {
    const thread = openThread<number, number, number>(answering("(base) => (n) => [base + n, []]"), 10);
    expect(await Promise.all([thread.ask(1), thread.ask(2), thread.ask(3)])).toEqual([11, 12, 13]);
    await thread.close();
    await expect(thread.ask(4)).rejects.toThrow("A thread ended");
  });

  it("goes on after a failure, which is thrown as it was there", async () => {
    const thread = openThread<null, number, number>(
      answering('() => (n) => { if (n < 0) throw new InvalidInput("below zero"); return [n, []]; }'),
      null,
    );
    await expect(thread.ask(-1)).rejects.toThrow(InvalidInput);
    expect(await thread.ask(1)).toBe(1);
    await thread.close();
  });

  it("fails every question that waits when it breaks down", async () => {
    const thread = openThread<null, number, number>(answering('() => () => { throw new RangeError("broken"); }'), null);
    const outcomes = await Promise.allSettled([thread.ask(1), thread.ask(2)]);
    expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.message)).toEqual([
      "broken",
      "broken",
    ]);
    await thread.close();
  });
});
