import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readContents, refusalOf } from "#test/support/read-content.ts";

describe("of several files", () => {
  const header = "user,time\n";

  it("those without rows are left out and counted, also the first", async () => {
    const { users, account, notes } = await readContents({
      _SUCCESS: "",
      "part-0.csv": header,
      "part-1.csv": `${header}ann,2025-01-01\n`,
      "part-2.csv.gz": gzipSync(""),
      "part-3.csv": header,
    });
    expect(users).toEqual(["ann"]);
    expect(account).toMatchObject({ read: 4, actions: 1, notRecords: { header: 3 } });
    expect(notes).toMatch(/^Left out, because empty: \S+_SUCCESS, \S+part-2\.csv\.gz\./);
    expect(notes).toMatch(/\nLeft out, because without rows: \S+part-0\.csv, \S+part-3\.csv\.$/);
  });

  it("those with many blank lines before their rows are read, and those that have nothing else are told", async () => {
    const { users, account, notes } = await readContents({
      "part-0.csv": `${"\n".repeat(1_500)}${header}ann,2025-01-01\nben,2025-01-02\n`,
      "part-1.csv": "\n \n\n",
    });
    expect(users).toEqual(["ann", "ben"]);
    expect(account).toMatchObject({ read: 1_503, actions: 2, notRecords: { header: 1 } });
    expect(notes).toMatch(/^Left out, because empty: \S+part-1\.csv \(3 blank lines\)\.$/);
  });

  it("one at least has to have a row", async () => {
    expect(await refusalOf({ a: "", b: header, c: "\n\n" })).toMatch(
      /None of these 3 files holds a row: \S+a, \S+b, \S+c\./,
    );
    expect(await refusalOf({ a: "" })).toMatch(/the file is empty/);
  });
});
