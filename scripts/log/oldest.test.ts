import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogOptions } from "./options.ts";
import { readLog } from "./read-log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-oldest-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What became of a log with an action on each of the days. */
async function accountOf(days: readonly string[], options: LogOptions = {}) {
  const path = join(folder, "log.csv");
  const rows = days.map((day, i) => `u${i % 50},login,${day}T12:00:00Z`);
  await writeFile(path, `user_id,action,timestamp\n${rows.join("\n")}\n`);
  const log = await readLog([path], options, Date.UTC(2026, 0, 1));
  await log.close();
  return {
    actions: log.account?.actions,
    rejected: log.account?.rejected.map(({ reason, count }) => ({ reason, count })),
  };
}

/** 3,000 days from a day on, with an action on each. */
function daysFrom(first: string): string[] {
  return Array.from({ length: 3_000 }, (_, i) =>
    new Date(Date.parse(first) + i * 86_400_000).toISOString().slice(0, 10),
  );
}

const reason = "is older than OLDEST_ACTION allows (by default ten years before the rest of the log)";

describe("actions in a file that are old", () => {
  it("are good as long as the log is, however long ago it was and however long it is", async () => {
    expect(await accountOf(daysFrom("1997-01-01"))).toEqual({ actions: 3_000, rejected: [] });
    const years = Array.from({ length: 40 }, (_, i) => daysFrom(`${1980 + i}-06-01`).slice(0, 60)).flat();
    expect(await accountOf(years)).toEqual({ actions: 2_400, rejected: [] });
  });

  it("are rejected more than ten years before the rest of it", async () => {
    expect(await accountOf(["1971-01-01", "2012-05-01", ...daysFrom("2016-01-01")])).toEqual({
      actions: 3_001,
      rejected: [{ reason, count: 1 }],
    });
  });

  it("are rejected before OLDEST_ACTION where it is set", async () => {
    const oldest = Date.UTC(2016, 1, 1);
    expect(await accountOf(daysFrom("2016-01-01"), { oldest })).toEqual({
      actions: 2_969,
      rejected: [{ reason, count: 31 }],
    });
  });
});
