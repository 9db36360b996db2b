import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Room } from "../../connections/duckdb/room.ts";
import { RequestTooLarge, StoreFull, StoreUnavailable } from "../../failures.ts";
import { describeDeadLetters } from "../dead-letters.contract.ts";
import { CorruptDeadLetter } from "../letter-json.ts";
import { DirectoryDeadLetters } from "./dead-letters.ts";

describeDeadLetters("DirectoryDeadLetters", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-dead-letters-"));
  // A folder that does not exist yet, as at the first letter.
  const letters = new DirectoryDeadLetters(join(folder, "deep", "dead-letters"));
  return { letters, dispose: () => rm(folder, { recursive: true }) };
});

describe("a directory of dead letters", () => {
  let folder: string;
  const letter = { event: { id: "1", source: "/s", type: "t" }, recordedAt: 10 };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lapse-dead-letters-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("is read by another process, and holds nothing but the letters", async () => {
    await new DirectoryDeadLetters(folder).record(letter);
    await new DirectoryDeadLetters(folder).record({ ...letter, recordedAt: 20 });
    expect(await readdir(folder)).toHaveLength(1);
    expect(await new DirectoryDeadLetters(folder).list()).toMatchObject([{ recordedAt: 20 }]);
  });

  it("ignores files that are not letters, such as incomplete ones", async () => {
    await writeFile(join(folder, ".DS_Store"), "");
    await writeFile(join(folder, "notes.json"), "{");
    expect(await new DirectoryDeadLetters(folder).list()).toEqual([]);
  });

  it("lists and removes one letter where crashes have left several recordings of it", async () => {
    const letters = new DirectoryDeadLetters(folder);
    await letters.record(letter);
    const [first] = await letters.list();
    for (const recordedAt of [9, 100, 20]) {
      await writeFile(join(folder, `${recordedAt}-${first?.id}.json`), JSON.stringify({ ...letter, recordedAt }));
    }
    const [latest, ...others] = await letters.list();
    expect([latest?.recordedAt, others]).toEqual([100, []]);
    expect(await letters.get(latest!.id)).toEqual(latest);
    await letters.remove(latest!);
    expect(await readdir(folder)).toEqual([]);
  });

  it("names a letter that was damaged", async () => {
    const letters = new DirectoryDeadLetters(folder);
    await letters.record(letter);
    const [name] = await readdir(folder);
    await writeFile(join(folder, name!), '{"event":{}}');
    await expect(letters.list()).rejects.toThrow(CorruptDeadLetter);
    await expect(letters.list()).rejects.toThrow(name);
  });

  it("takes no letter of more than 1 MB, and keeps the one that it has of the same event", async () => {
    const letters = new DirectoryDeadLetters(folder);
    const of = (length: number) => ({ ...letter, event: { ...letter.event, data: "x".repeat(length) } });
    await letters.record(of(1_048_000));
    await expect(letters.record(of(1_048_577))).rejects.toThrow(RequestTooLarge);
    const bytes = Buffer.alloc(800_000);
    await expect(letters.record({ ...letter, event: { ...letter.event, bytes } })).rejects.toThrow(RequestTooLarge);
    expect(await letters.list()).toMatchObject([of(1_048_000)]);
  });

  it("takes no letter where the disk has no more room than stays free", async () => {
    const room = (leastFree: number) =>
      new Room({ path: join(folder, "lapse.duckdb"), mostBytes: 0, leastFree, now: () => 0 });
    const full = new DirectoryDeadLetters(folder, room(Number.MAX_SAFE_INTEGER));
    await expect(full.record(letter)).rejects.toThrow(StoreFull);
    expect(await readdir(folder)).toEqual([]);
    // The bound of the database is none of letters.
    expect(await new DirectoryDeadLetters(folder, room(0)).record(letter)).toBe(true);
  });

  it("is unavailable where it cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    const letters = new DirectoryDeadLetters(join(folder, "file", "letters"));
    await expect(letters.record(letter)).rejects.toThrow(StoreUnavailable);
  });
});
