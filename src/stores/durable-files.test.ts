import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createFileOf } from "./durable-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-file-of-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("gives a file a second name, under which it stays when the first is gone", async () => {
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  await writeFile(from, "text");
  expect(await createFileOf(from, to)).toBe(true);
  expect((await stat(to)).nlink).toBe(2);
  await rm(from);
  expect(await readFile(to, "utf8")).toBe("text");
});

it("never replaces a file", async () => {
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  await writeFile(from, "new");
  await writeFile(to, "old");
  expect(await createFileOf(from, to)).toBe(false);
  expect(await readFile(to, "utf8")).toBe("old");
});

it("copies a file that lies on another disk, and leaves nothing else behind", async ({ skip }) => {
  const elsewhere = await mkdtemp("/dev/shm/lapse-file-of-").catch(() => undefined);
  if (elsewhere === undefined || (await stat(elsewhere)).dev === (await stat(folder)).dev)
    return skip("There is no other disk here.");
  try {
    const [from, to] = [join(elsewhere, "from"), join(folder, "to")];
    await writeFile(from, "text");
    expect(await createFileOf(from, to)).toBe(true);
    expect(await readFile(to, "utf8")).toBe("text");
    expect((await stat(to)).nlink).toBe(1);
    expect(await createFileOf(from, to)).toBe(false);
    expect(await readdir(folder)).toEqual(["to"]);
  } finally {
    await rm(elsewhere, { recursive: true });
  }
});
