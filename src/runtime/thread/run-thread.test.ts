import { describe, expect, it } from "vitest";
import { InvalidInput, TooLittleToLearn } from "#churn/failure.ts";
import { runThread } from "./run-thread.ts";
import type { ThreadProgram } from "./thread-program.ts";

/** The code of a thread that calls `workInThread` with a function of this text. */
function threadOf<Input, Output>(work: string): ThreadProgram<Input, Output> {
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const [inThread, failure] = ["work-in-thread.ts", "../../churn/failure.ts"].map((file) =>
    JSON.stringify(new URL(file, import.meta.url).href),
  );
  return {
    code: `import(${loader}).then(async ({ register }) => {
      register();
      const { workInThread } = await import(${inThread});
      const { InvalidInput, TooLittleToLearn } = await import(${failure});
      workInThread(${work});
    });`,
  };
}

describe("a thread", () => {
  it("gives back what its work returns, and tells how far it is", async () => {
    const double = threadOf<Float64Array, Float64Array>(
      "(numbers, progress) => { progress(1, 2); progress(2, 2); return numbers.map((number) => 2 * number); }",
    );
    const told: number[] = [];
    const output = await runThread(double, Float64Array.of(1, 2.5), { progress: (done) => told.push(done) });
    expect(output).toEqual(Float64Array.of(2, 5));
    expect(told).toEqual([1, 2]);
  });

  it("takes over the buffers that it is given, without a copy", async () => {
    const numbers = Float64Array.of(1, 2, 3);
    const length = threadOf<Float64Array, number>("(numbers) => numbers.length");
    expect(await runThread(length, numbers, { transfer: [numbers.buffer] })).toBe(3);
    expect(numbers).toHaveLength(0);
  });

  it("leaves this thread free meanwhile", async () => {
    const busy = threadOf<number, string>(
      "(ms) => { for (const end = Date.now() + ms; Date.now() < end;); return 'done'; }",
    );
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    expect(await runThread(busy, 300)).toBe("done");
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it("throws the failures of churn with their class, message and details", async () => {
    const failing = threadOf<string, never>(
      "(field) => { throw new InvalidInput('No such day.', { details: { field } }); }",
    );
    const error = await runThread(failing, "day").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({ message: "No such day.", details: { field: "day" }, kind: "invalid" });
    const young = threadOf<null, never>("() => { throw new TooLittleToLearn('Too short.'); }");
    await expect(runThread(young, null)).rejects.toThrow(TooLittleToLearn);
  });

  it("throws any other error with its message", async () => {
    const broken = threadOf<string, never>("(name) => { throw new RangeError(name + ' is out of range'); }");
    await expect(runThread(broken, "x")).rejects.toThrow("x is out of range");
  });

  it("says that it ended before its work was done", async () => {
    const ended: ThreadProgram<null, never> = { code: "process.exit(3)" };
    await expect(runThread(ended, null)).rejects.toThrow("A thread ended with status 3 before its work was done.");
  });
});
