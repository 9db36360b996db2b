import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { UnreadableRows } from "../../unreadable-rows.ts";
import type { AuditEntry } from "../audit.ts";
import { FileAudit } from "./audit.ts";
import { linesFromEnd } from "./lines-from-end.ts";
import { newestFirst } from "./newest-first.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);

function entryAt(at: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return { id: `${at}`, at, action: "run.ended", who: "the function score", from: "here", ...more };
}

/** What is told of the newest, and of how many lines that takes. */
async function newest(entries: readonly AuditEntry[], count: number, range = {}) {
  let read = 0;
  async function* lines() {
    for (const entry of entries.toReversed()) {
      read += 1;
      yield [{ text: JSON.stringify(entry), at: 0 }];
    }
  }
  const told: AuditEntry[] = [];
  for await (const entry of newestFirst(lines(), range, new UnreadableRows())) {
    told.push(entry);
    if (told.length === count) break;
  }
  return { read, told };
}

it("reads only the end for the newest entries, however many there are", async () => {
  const years = Array.from({ length: 20_000 }, (_, i) => entryAt(start + i * hour));
  const { read, told } = await newest(years, 50);
  expect(told).toEqual(years.slice(-50).reverse());
  // Those of three days more, since a run is told by when it began, and a hundred whose clock might have been wrong.
  expect(read).toBeLessThanOrEqual(50 + 3 * 24 + 100);
});

it("reads no further than a range goes back", async () => {
  const years = Array.from({ length: 20_000 }, (_, i) => entryAt(start + i * hour));
  const from = start + 19_990 * hour;
  const { read, told } = await newest(years, 1_000, { from, action: "run" });
  expect(told).toEqual(years.slice(-10).reverse());
  expect(read).toBeLessThan(200);
  expect((await newest(years, 1_000, { from, action: "drift" })).read).toBeLessThan(200);
});

it("misses nothing in a range for entries that a machine wrote while its clock was wrong", async () => {
  const days = Array.from({ length: 30 }, (_, i) => entryAt(start + i * 24 * hour));
  for (const wrong of [-400, 400]) {
    const astray = Array.from({ length: 20 }, (_, i) => entryAt(start + wrong * 24 * hour + i));
    const { told } = await newest([...days, ...astray, entryAt(start + 31 * 24 * hour)], 1_000, {
      from: start + 5 * 24 * hour,
      to: start + 100 * 24 * hour,
    });
    expect(told.map(({ at }) => (at - start) / hour / 24)).toEqual([
      31,
      ...Array.from({ length: 25 }, (_, i) => 29 - i),
    ]);
  }
});

it("tells by their moments what was added in another order, and the first of those of one id", async () => {
  const late = [entryAt(start + 5), entryAt(start + 9), entryAt(start + 2), entryAt(start + 7)];
  expect((await newest(late, 9)).told.map(({ at }) => at - start)).toEqual([9, 7, 5, 2]);
  const again = [...late, entryAt(start + 9, { who: "someone else" }), entryAt(start + 90 * 24 * hour)];
  expect((await newest(again, 9)).told.map(({ who }) => who)).not.toContain("someone else");
  // Of the same moment, what was added last is the newest.
  const same = ["a", "b", "c"].map((id) => entryAt(start, { id }));
  expect((await newest(same, 9)).told.map(({ id }) => id)).toEqual(["c", "b", "a"]);
});

it("loses no entry that was added long after its moment", async () => {
  const entries = [...Array.from({ length: 500 }, (_, i) => entryAt(start + i * 24 * hour)), entryAt(start + 3)];
  const { told } = await newest(entries, 1_000);
  expect(told).toHaveLength(501);
  expect(told.map(({ at }) => at)).toContain(start + 3);
});

it("is not misled by a line that a crash cut off within its moment", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-audit-"));
  const path = join(folder, "audit.ndjson");
  const before = Array.from({ length: 20 }, (_, i) => entryAt(start + i * hour));
  await writeFile(path, before.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  await appendFile(path, '{"id":"x","at":17');
  const audit = new FileAudit(path);
  await audit.append(entryAt(start + 20 * hour));
  const told: number[] = [];
  for await (const { at } of audit.entries({ from: start + 15 * hour })) told.push((at - start) / hour);
  expect(told).toEqual([20, 19, 18, 17, 16, 15]);
  await rm(folder, { recursive: true });
});

it("reads lines from the last to the first, whatever falls on the border of two blocks", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-audit-"));
  const path = join(folder, "lines");
  const read = async () => {
    const lines: string[] = [];
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    for await (const block of linesFromEnd(path))
      for (const { text, at } of block) {
        expect(bytes.toString("utf8", at, bytes.indexOf("\n", at))).toBe(text);
        lines.push(text);
      }
    return lines;
  };
  expect(await read()).toEqual([]);
  // Characters of four bytes, lines longer than a block, and lines that end where a block does.
  for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    const lines = ["first", "x".repeat(length), `${"🦊".repeat(20_000)}é`, "y".repeat(65_535), "last"];
    await writeFile(path, `${lines.join("\n")}\n`);
    expect(await read()).toEqual(lines.filter((line) => line !== "").reverse());
  }
  await rm(folder, { recursive: true });
});
