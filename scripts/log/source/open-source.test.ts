import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const [first, second] = ["user,time\nann,2025-01-01\n", "bob,2025-01-01\n"];

describe("a file with gzip data", () => {
  const gzip = gzipSync(first);

  it("may have several members and padding behind them", async () => {
    const { users } = await readContent(Buffer.concat([gzip, gzipSync(second), Buffer.alloc(700_000)]));
    expect(users).toEqual(["ann", "bob"]);
  });

  it("may have been compressed twice, and no more often", async () => {
    expect((await readContent(gzipSync(gzip))).users).toEqual(["ann"]);
    expect(await refusalOf({ a: gzipSync(gzipSync(gzip)) })).toContain("compressed with gzip more than twice");
  });

  it("is refused where something else follows, so that it is not lost without a word", async () => {
    const plain = Buffer.from(second);
    expect(await refusalOf({ a: Buffer.concat([gzip, plain]) })).toMatch(/damaged or cut off/);
    const padded = Buffer.concat([gzip, Buffer.alloc(16), plain]);
    expect(await refusalOf({ a: padded })).toContain(
      `something else follows its gzip data from byte ${gzip.length} on`,
    );
  });
});

it.each([
  ["a tar archive (unpack it first", Buffer.from(`log.csv${"\0".repeat(250)}ustar\u000000${"\0".repeat(248)}${first}`)],
  ["compressed with lz4", Buffer.from([0x04, 0x22, 0x4d, 0x18, 1, 2, 3])],
  ["a 7z archive", Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4])],
  ["an Arrow or Feather file", Buffer.from("ARROW1\0\0")],
  ["a pickle of Python", Buffer.from([0x80, 4, 0x95, 1])],
])("a file is refused as %s, also within gzip", async (what, content) => {
  expect(await refusalOf({ a: content })).toContain(what);
  expect(await refusalOf({ a: gzipSync(content) })).toContain(what);
});

describe("a file with zstd data", () => {
  it("may have several frames, and is refused where something else follows", async () => {
    const [one, other] = [await zstd("user,time", "ann,2025-01-01"), await zstd("bob,2025-01-01", "cem,2025-01-01")];
    expect((await readContent(Buffer.concat([one, other]))).users).toEqual(["ann", "bob", "cem"]);
    expect(await refusalOf({ a: Buffer.concat([one, Buffer.from(second)]) })).toMatch(/zstd data is damaged/);
  });

  it("is refused where a carriage return alone among other line ends would cost a line its first character", async () => {
    const row = (user: string) => `${user},2025-01-01\r`;
    expect((await readContent(await zstd("user,time\r", row("ann"), row("bob")))).users).toEqual(["ann", "bob"]);
    const mixed = await zstd("user,time\r", `${row("ann")}${row("bob")}`, row("cem"));
    expect(await refusalOf({ a: mixed })).toContain("end with a carriage return alone. Unpack it first (zstd -d).");
  });

  async function zstd(...lines: string[]): Promise<Buffer> {
    const folder = await mkdtemp(join(tmpdir(), "lapse-zstd-"));
    try {
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      await connection.run(
        `COPY (SELECT unnest(['${lines.join("','")}'])) TO '${join(folder, "a.csv")}' (HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0002', COMPRESSION zstd)`,
      );
      return await readFile(join(folder, "a.csv"));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});

describe("the encoding of a file", () => {
  const text = "user,time\nJosé,2025-01-01\n";

  it("is that of its mark, whatever is named", async () => {
    const { users, notes, log } = await readContent(`\ufeff${text}`, { encoding: "latin-1" });
    expect(users).toEqual(["José"]);
    expect(log.columns).toMatch(/^user → user/);
    expect(notes).toMatch(/begins with the mark of utf-8: it is read so, and not as latin-1\.$/);
    expect((await readContent(`\ufeff${text}`, { encoding: "UTF8" })).notes).toBe("");
  });

  it("is asked for by its name where UTF-16 has no mark", async () => {
    const little = Buffer.from(text, "utf16le");
    expect(await refusalOf({ a: little })).toContain("add --encoding utf-16le");
    const big = Buffer.from(little).swap16();
    expect(await refusalOf({ a: big })).toContain("add --encoding utf-16be");
    expect((await readContent(big, { encoding: "utf-16be" })).users).toEqual(["José"]);
  });

  it("may be any where some lines end with a carriage return alone", async () => {
    const mixed = Buffer.from("user,time\r\nJosé,2025-01-01\rbob,2025-01-01\r\n", "latin1");
    expect((await readContent(mixed, { encoding: "latin-1" })).users).toEqual(["José", "bob"]);
  });
});
