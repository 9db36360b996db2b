import { Registry } from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import { LetterBox } from "#test/support/letter-box.ts";
import { EventNotTaken, NotYet, TooLarge, UnsupportedMediaType } from "../failures.ts";
import { deadLetterMetrics } from "../metrics/dead-letters.ts";
import { DeadLetterKeeper } from "./keeper.ts";
import type { Letter, LetterStore } from "./letter.ts";

const event = { id: "1", source: "/shop", type: "dev.lapse.action", data: { a: 1 } };
let box: LetterBox;
let metrics: Registry;
let now: number;
let lines: { level: "warn" | "error"; message: string }[];

beforeEach(() => {
  box = new LetterBox();
  metrics = new Registry();
  now = 1_000;
  lines = [];
});

function keeperOf(mostLetters = 10, letters: () => Promise<LetterStore> = async () => box) {
  const write = (level: "warn" | "error") => (_fields: unknown, message?: string) =>
    void lines.push({ level, message: message ?? "" });
  return new DeadLetterKeeper({
    name: "ingest",
    letters,
    mostLetters,
    now: () => now,
    logger: { warn: write("warn"), error: write("error") },
    metrics: (kept) => deadLetterMetrics(metrics, kept),
  });
}

describe("an event that is refused", () => {
  it.each([
    [400, new InvalidInput("no user", { details: { field: "subject" } }), { error: "no user", field: "subject" }],
    [413, new TooLarge("too much"), { error: "too much" }],
    [415, new UnsupportedMediaType("not JSON"), { error: "not JSON" }],
  ])("for good (%i) is kept with where and why", async (status, error, answer) => {
    await keeperOf().failed(event, error);
    const [kept, ...others] = box.letters;
    expect(kept).toMatchObject({ event, destination: "ingest", status, recordedAt: 1_000 });
    expect([JSON.parse(kept?.answer ?? ""), others]).toEqual([answer, []]);
  });

  it.each([new NotFound("x"), new NotYet("x"), new EventNotTaken("x"), new TypeError("x")])(
    "and will come again (%s) is not kept, but for the reason",
    async (error) => {
      await keeperOf().failed(event, error);
      expect(box.letters).toEqual([]);
      expect(box.notes).toMatchObject([{ event, destination: "ingest", answer: expect.stringContaining("error") }]);
    },
  );

  it("is kept without its data if the store takes no letter as large", async () => {
    const letters = {
      has: async () => false,
      count: () => box.count(),
      record: async (letter: Letter) => {
        if (letter.event.data !== undefined) throw new TooLarge("The letter is too large.");
        return box.record(letter);
      },
    };
    await keeperOf(10, async () => letters).failed(event, new InvalidInput("no"));
    expect(box.letters).toMatchObject([{ event: { id: "1", source: "/shop" }, status: 400 }]);
    expect(box.letters[0]?.event).not.toHaveProperty("data");
    expect(lines.at(-1)).toMatchObject({ level: "error", message: expect.stringContaining("data are lost") });
  });

  it("is kept as it was sent, without what a broker added", async () => {
    const extensions = { knativearrivaltime: "2026-03-01T00:00:00Z", lapsejob: "x" };
    const keeper = keeperOf();
    await keeper.failed({ ...event, extensions }, new InvalidInput("no"));
    expect(box.letters[0]?.event).toEqual({ ...event, extensions: { lapsejob: "x" } });
    await keeper.failed({ ...event, id: "2", extensions: { knativehistory: "a" } }, new InvalidInput("no"));
    expect(box.letters[1]?.event).toEqual({ ...event, id: "2" });
  });

  it("is kept with the beginning of a long reason", async () => {
    await keeperOf().failed(event, new InvalidInput("x".repeat(5_000)));
    expect(box.letters[0]?.answer).toHaveLength(768);
  });

  it("is not lost while letters cannot be kept: what keeps them from being kept is thrown", async () => {
    box.failure = new EventNotTaken("down");
    await expect(keeperOf().failed(event, new InvalidInput("no"))).rejects.toThrow("down");
  });

  it("is told of and counted once, however often it comes", async () => {
    const keeper = keeperOf();
    for (let i = 0; i < 3; i += 1) await keeper.failed(event, new InvalidInput("no"));
    expect(lines).toEqual([
      { level: "warn", message: "Kept an event that ingest did not take: see lapse dead-letters." },
    ]);
    expect(await samples()).toEqual(['lapse_dead_letters_recorded_total{reason="refused"} 1', "lapse_dead_letters 1"]);
  });
});

describe("a keeper of dead letters", () => {
  it("keeps no more than it may, warns long before, and takes a repetition even then", async () => {
    const keeper = keeperOf(5);
    const keep = (id: string) => keeper.keep({ event: { ...event, id } });
    for (const id of ["1", "2", "3", "4", "5"]) await keep(id);
    expect(lines.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual(
      [4, 5].map((count) => expect.stringContaining(`There are ${count} dead letters; beyond 5`)),
    );
    await expect(keep("6")).rejects.toMatchObject({ name: "DeadLettersFull", kind: "unavailable" });
    await keep("3");
    expect(box.letters).toHaveLength(5);
  });

  it("has the store count at most once a second, and sees then that there is room again", async () => {
    const keeper = keeperOf(3);
    for (const id of ["1", "2", "3"]) await keeper.keep({ event: { ...event, id } });
    expect(box.counts).toBe(1);
    box.letters.pop();
    now += 1_000;
    await keeper.keep({ event: { ...event, id: "4" } });
    expect([box.counts, box.letters.length]).toEqual([2, 3]);
  });

  it("does not ask the store before there is a letter, not even for a metric", async () => {
    let opened = 0;
    const keeper = keeperOf(10, async () => {
      opened += 1;
      return box;
    });
    expect([opened, await samples(), opened]).toEqual([0, [], 0]);
    for (const id of ["1", "2"]) await keeper.keep({ event: { ...event, id }, status: 503 });
    expect([opened, await samples()]).toEqual([
      1,
      ['lapse_dead_letters_recorded_total{reason="failed"} 2', "lapse_dead_letters 2"],
    ]);
  });

  it("notes few of many failures, and waits for no store that is away", async () => {
    const keeper = keeperOf();
    for (let id = 0; id < 30; id += 1) await keeper.failed({ ...event, id: `${id}` }, new NotYet("no features"));
    expect(box.notes).toHaveLength(20);
    now += 1_000;
    box.failure = new EventNotTaken("down");
    await keeper.failed(event, new NotYet("no features"));
    box.failure = undefined;
    metrics = new Registry();
    const hanging = keeperOf(10, () => new Promise(() => {}));
    await hanging.failed(event, new NotYet("no features"));
    expect(box.letters).toEqual([]);
  });

  it("opens the store again if that has failed", async () => {
    let opened = 0;
    const keeper = keeperOf(10, async () => {
      opened += 1;
      if (opened === 1) throw new EventNotTaken("down");
      return box;
    });
    await expect(keeper.keep({ event })).rejects.toThrow("down");
    await keeper.keep({ event });
    expect(box.letters).toHaveLength(1);
  });
});

async function samples(): Promise<string[]> {
  return (await metrics.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
