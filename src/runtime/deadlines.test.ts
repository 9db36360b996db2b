import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "./deadlines.ts";

let late: string[];
const of = (name: string) => () => void late.push(name);

beforeEach(() => {
  late = [];
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Deadlines", () => {
  it("tells each that is late at its own time, and none that is done", () => {
    const deadlines = new Deadlines(1_000);
    const [first, second, third] = [of("first"), of("second"), of("third")];
    deadlines.add(first);
    vi.advanceTimersByTime(300);
    deadlines.add(second);
    vi.advanceTimersByTime(300);
    deadlines.add(third);
    deadlines.remove(second);
    vi.advanceTimersByTime(399);
    expect(late).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(late).toEqual(["first"]);
    vi.advanceTimersByTime(599);
    expect(late).toEqual(["first"]);
    vi.advanceTimersByTime(1);
    expect(late).toEqual(["first", "third"]);
  });

  it("goes on after nothing was to be waited for", () => {
    const deadlines = new Deadlines(1_000);
    const done = of("done");
    deadlines.add(done);
    deadlines.remove(done);
    vi.advanceTimersByTime(5_000);
    expect(vi.getTimerCount()).toBe(0);
    deadlines.add(of("last"));
    vi.advanceTimersByTime(1_000);
    expect(late).toEqual(["last"]);
  });

  it("has one timer for all", () => {
    const deadlines = new Deadlines(1_000);
    for (let i = 0; i < 10; i++) deadlines.add(of(`${i}`));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(late).toHaveLength(10);
  });
});
