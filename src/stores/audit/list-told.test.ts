import { expect, it } from "vitest";
import type { AuditEntry } from "./audit.ts";
import { recordTelling, recordTold, toldThrough } from "./list-told.ts";
import { withoutEnded } from "./recorder.ts";

const list = (run: number) => ({ snapshot: 20_000, modelVersion: "v1", run });

function memoryAudit() {
  const kept: AuditEntry[] = [];
  const newestFirst = () => kept.toSorted((a, b) => b.at - a.at);
  return {
    append: async (entry: AuditEntry) => void kept.push(entry),
    async *entries() {
      yield* newestFirst();
    },
  };
}

it("tells the last list that others were told of, and the last of which telling began", async () => {
  const audit = memoryAudit();
  expect(await toldThrough(audit)).toBeUndefined();
  await recordTelling(audit, list(5), 10);
  expect(await toldThrough(audit)).toEqual({ whole: 0, begun: 5 });
  await recordTold(audit, list(5), 11);
  expect(await toldThrough(audit)).toEqual({ whole: 5, begun: 5 });
  await recordTelling(audit, list(7), 12);
  expect(await toldThrough(audit)).toEqual({ whole: 5, begun: 7 });
});

it("goes by the runs that made the lists, not by the clock of who told of them", async () => {
  const audit = memoryAudit();
  await recordTold(audit, list(5), 90_000);
  await recordTelling(audit, list(6), 19);
  await recordTold(audit, list(6), 20);
  expect(await toldThrough(audit)).toEqual({ whole: 6, begun: 6 });
});

it("shows a list as begun only while it has not been told of to its end", async () => {
  const audit = memoryAudit();
  const shown = async () => {
    const found: string[] = [];
    for await (const { action } of withoutEnded(audit.entries())) found.push(action);
    return found;
  };
  await recordTelling(audit, list(5), 10);
  expect(await shown()).toEqual(["risk.told.begun"]);
  await recordTold(audit, list(5), 11);
  expect(await shown()).toEqual(["risk.told"]);
});
