import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { unexplainedOf } from "#scripts/log/account.ts";
import type { LogItem } from "#scripts/log/log.ts";
import type { LogOptions } from "#scripts/log/options.ts";
import { readLog } from "#scripts/log/read-log.ts";

/** Reads logs that a test writes, in a folder of its own, as of a moment in milliseconds. */
export function logReader(now: number) {
  let folder = "";
  let files = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lapse-read-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** The log of files with these contents, in this order; no line of them is unexplained. */
  async function readAll(contents: readonly (string | Uint8Array)[], options: LogOptions = {}) {
    const paths = contents.map(() => join(folder, `log-${files++}`));
    await Promise.all(contents.map((content, n) => writeFile(paths[n] ?? "", content)));
    const log = await readLog(paths, options, now);
    const items: LogItem[] = [];
    for await (const batch of log.batches) items.push(...batch.items);
    await log.close();
    const { account } = log;
    if (account === undefined) throw new Error("A file is accounted for");
    expect(unexplainedOf(account)).toBe(0);
    return {
      items,
      users: items.map(({ user_id }) => user_id),
      account,
      columns: log.columns,
      notes: log.notes.join("\n"),
    };
  }

  return {
    readAll,
    read: (content: string | Uint8Array, options: LogOptions = {}) => readAll([content], options),
    /** Why files are refused, empty where they are not. */
    refusal: (content: string | Uint8Array | readonly string[], options: LogOptions = {}) =>
      readAll(typeof content === "string" || content instanceof Uint8Array ? [content] : content, options).then(
        () => "",
        (error: unknown) => String(error),
      ),
  };
}
