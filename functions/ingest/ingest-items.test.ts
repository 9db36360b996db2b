import { describe, expect, it } from "vitest";
import { type Action, actionId } from "#churn/action.ts";
import type { ActionStore, AppendOutcome } from "#stores/actions/action-store.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { ingestItems } from "./ingest-items.ts";

const now = () => Date.UTC(2024, 2, 1, 12);
const item = (n: number) => ({ user_id: `u${n}`, action: "login", timestamp: 1_709_000_000 + n });

describe("ingestItems", () => {
  it("stores what is good and reports the rest by position", async () => {
    const actions = new ListStore();
    const report = await ingestItems([item(1), { ...item(2), user_id: "" }, item(1), 4, item(3)], { actions, now });
    expect(report).toEqual({
      accepted: 3,
      created: 2,
      duplicates: 1,
      contradicting: 0,
      contradictions: [],
      unavailable: 0,
      rejected: 2,
      valuesLeftOut: 0,
      rejections: [
        { index: 1, field: "user_id", error: "is required." },
        { index: 3, field: undefined, error: "must be a JSON object." },
      ],
    });
    expect(actions.stored.map(({ userId }) => userId)).toEqual(["u1", "u3"]);
  });

  it("stores actions whose value is no number without it, and counts them", async () => {
    const actions = new ListStore();
    const report = await ingestItems(
      [
        { ...item(1), value: "cheap" },
        { ...item(2), value: "2.5" },
      ],
      { actions, now },
    );
    expect(report).toMatchObject({ created: 2, rejected: 0, valuesLeftOut: 1 });
    expect(actions.stored.map(({ value }) => value)).toEqual([undefined, 2.5]);
  });

  it("changes nothing when it is repeated", async () => {
    const actions = new ListStore();
    const items = Array.from({ length: 50 }, (_, n) => item(n));
    await ingestItems(items, { actions, now });
    expect(await ingestItems(items, { actions, now })).toMatchObject({ created: 0, duplicates: 50 });
    expect(actions.stored).toHaveLength(50);
  });

  it("hands a stream of items over in parts, and keeps positions right across them", async () => {
    const actions = new ListStore();
    function* items() {
      for (let n = 0; n < 45_000; n++) yield n % 15_000 === 7 ? "bad" : item(n);
    }
    const report = await ingestItems(items(), { actions, now });
    expect(report).toMatchObject({ created: 44_997, rejected: 3 });
    expect(report.rejections.map(({ index }) => index)).toEqual([7, 15_007, 30_007]);
    expect(Math.max(...actions.batches)).toBeLessThan(45_000);
  });

  it("reports what the store itself does not take, where it stands among the items", async () => {
    const actions = new ListStore((action) =>
      action.userId === "u2"
        ? { status: "rejected", reason: "is too deep." }
        : { status: "unavailable", reason: "full" },
    );
    const report = await ingestItems(["bad", item(1), item(2)], { actions, now });
    expect(report).toMatchObject({ accepted: 0, unavailable: 1, rejected: 2 });
    expect(report.rejections).toEqual([
      { index: 0, field: undefined, error: "must be a JSON object." },
      { index: 2, field: undefined, error: "is too deep." },
    ]);
  });

  it("counts all rejections but tells no more than 1,000 of them", async () => {
    const report = await ingestItems(new Array(2_500).fill(0), { actions: new ListStore(), now });
    expect(report.rejected).toBe(2_500);
    expect(report.rejections).toHaveLength(1_000);
  });

  it("counts outcomes", async () => {
    const counted: unknown[] = [];
    const metrics = {
      stored: (...args: unknown[]) => void counted.push(args),
      rejected: (...args: unknown[]) => void counted.push(args),
      taken: (time: number) => void counted.push(new Date(time).toISOString()),
    };
    await ingestItems([item(1), item(1), { ...item(2), timestamp: "x" }, 4], {
      actions: new ListStore(),
      now,
      metrics,
    });
    expect(counted).toEqual([
      ["timestamp", 1],
      ["item", 1],
      // The first copy alone.
      new Date(item(1).timestamp * 1000).toISOString(),
      ["created", 1],
      ["duplicate", 1],
      ["contradicting", 0],
      ["unavailable", 0],
    ]);
  });

  it("passes on that the store is unavailable, also when the items break off at the same time", async () => {
    const actions: Pick<ActionStore, "append"> = { append: () => Promise.reject(new StoreUnavailable("down")) };
    function* items() {
      for (let n = 0; n < 30_000; n++) yield item(n);
      throw new Error("broken off");
    }
    await expect(ingestItems([item(1)], { actions, now })).rejects.toThrow(StoreUnavailable);
    await expect(ingestItems(items(), { actions, now })).rejects.toThrow(StoreUnavailable);
  });
});

/** A log in memory. */
class ListStore implements Pick<ActionStore, "append"> {
  readonly stored: Action[] = [];
  readonly batches: number[] = [];
  readonly #ids = new Set<string>();
  readonly #judge: (action: Action) => AppendOutcome;

  constructor(judge: (action: Action) => AppendOutcome = () => ({ status: "created" })) {
    this.#judge = judge;
  }

  async append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    this.batches.push(actions.length);
    return actions.map((action) => {
      const id = actionId(action);
      if (this.#ids.has(id)) return { status: "duplicate" };
      const outcome = this.#judge(action);
      if (outcome.status === "created") {
        this.#ids.add(id);
        this.stored.push(action);
      }
      return outcome;
    });
  }
}
