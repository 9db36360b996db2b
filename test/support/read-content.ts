import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { unexplainedOf } from "#scripts/log/account.ts";
import type { LogItem } from "#scripts/log/log.ts";
import type { LogOptions } from "#scripts/log/options.ts";
import { readLog } from "#scripts/log/read-log.ts";

/** Later than all times in files that tests make. */
const readingTime = Date.parse("2026-03-01T00:00:00Z");

type Content = string | Uint8Array;

/** Reads a log of one file with this content to its end; every line of it is accounted for. */
export function readContent(content: Content, options: LogOptions = {}) {
  return readContents({ "log.txt": content }, options);
}

/** Reads a log of several files, by their names and in that order. */
export async function readContents(contents: Readonly<Record<string, Content>>, options: LogOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), "lapse-content-"));
  try {
    const paths = Object.keys(contents).map((name) => join(folder, name));
    for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
    const log = await readLog(paths, options, readingTime);
    const items: LogItem[] = [];
    const places: string[] = [];
    for await (const batch of log.batches)
      batch.items.forEach((item, index) => {
        items.push(item);
        places.push(batch.place(index));
      });
    await log.close();
    const { account } = log;
    if (account === undefined) throw new Error("A file is accounted for");
    expect(unexplainedOf(account)).toBe(0);
    const rejected = account.rejected.flatMap(({ reason, first }) => first.map(({ text }) => `${reason}: ${text}`));
    const users = items.map(({ user_id }) => user_id);
    return { log, items, users, places, account, rejected, notes: log.notes.join("\n") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With what a log is refused; empty where it is read. */
export function refusalOf(contents: Readonly<Record<string, Content>>, options: LogOptions = {}): Promise<string> {
  return readContents(contents, options).then(
    () => "",
    (error: unknown) => String(error),
  );
}
