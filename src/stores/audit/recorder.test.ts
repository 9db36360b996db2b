import { beforeEach, describe, expect, it } from "vitest";
import { type AuditEntry, checkEntry } from "./audit.ts";
import { actsOfPeople, type Recorder, recorderOf, withoutEnded } from "./recorder.ts";

let entries: AuditEntry[];
let isDown: boolean;
let record: Recorder;

beforeEach(() => {
  entries = [];
  isDown = false;
  let id = 0;
  record = recorderOf({
    audit: {
      append: async (entry) => {
        if (isDown) throw new Error("the store is down");
        checkEntry(entry);
        entries.push(entry);
      },
    },
    actor: { who: "ana", from: "laptop" },
    newId: () => `id-${id++}`,
    now: () => 1_000 + id,
  });
});

const act = { action: "model.promoted", target: "v2", reason: "better" };
const actions = () => entries.map(({ action }) => action);

async function shown(): Promise<readonly AuditEntry[]> {
  const kept: AuditEntry[] = [];
  async function* newestFirst() {
    yield* entries.toReversed();
  }
  for await (const entry of withoutEnded(newestFirst())) kept.push(entry);
  return kept;
}

describe("what a person does", () => {
  it("is recorded before it is done, and when it has ended", async () => {
    const result = await record(
      act,
      async () => {
        expect(actions()).toEqual(["model.promoted.begun"]);
        return "v1";
      },
      (previous) => ({ details: { previous } }),
    );
    expect(result).toBe("v1");
    expect(await shown()).toEqual([
      { id: "id-1", at: 1_002, who: "ana", from: "laptop", ...act, details: { previous: "v1" } },
    ]);
  });

  it("is not done where it cannot be recorded", async () => {
    isDown = true;
    let isDone = false;
    const perform = async () => {
      isDone = true;
    };
    await expect(record(act, perform)).rejects.toThrow("the store is down");
    expect(isDone).toBe(false);
  });

  it("stays recorded as begun when the process ends before it does", async () => {
    // The process ends here: nothing follows.
    void record(act, () => new Promise<never>(() => undefined));
    await Promise.resolve();
    expect(await shown()).toMatchObject([{ action: "model.promoted.begun", target: "v2", reason: "better" }]);
  });

  it("stays recorded as begun when its end cannot be recorded, of which the caller learns", async () => {
    const perform = async () => {
      isDown = true;
    };
    await expect(record(act, perform)).rejects.toThrow("the store is down");
    expect((await shown()).map(({ action }) => action)).toEqual(["model.promoted.begun"]);
  });

  it("is recorded as failed when it fails", async () => {
    const perform = async () => {
      throw new Error("someone else was faster");
    };
    await expect(record(act, perform)).rejects.toThrow("someone else was faster");
    expect((await shown()).map(({ action }) => action)).toEqual(["model.promoted.failed"]);
  });
});

describe("what functions record of themselves", () => {
  it("is not among what people did", async () => {
    const entry = { id: "1", at: 1, who: "score", from: "here" };
    async function* newestFirst() {
      for (const action of ["run.ended", "model.promoted", "drift.measured", "actions.rejected", "users.erased"])
        yield { ...entry, action };
    }
    const acts: string[] = [];
    for await (const { action } of actsOfPeople(newestFirst())) acts.push(action);
    expect(acts).toEqual(["model.promoted", "users.erased"]);
  });
});
