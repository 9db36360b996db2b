import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

describe("Parquet", () => {
  it("has texts as bytes, bytes that are no text, and decimals, beside columns of any other type", async () => {
    const content = await parquet(
      `SELECT 'u1'::BLOB AS user_id, '\\xAA\\xBB'::BLOB AS device, TIMESTAMPTZ '2025-01-01 10:00:00+02' AS ts, 12.5::DECIMAL(18, 3) AS amount,
         'view'::ENUM('view') AS action, ['a'] AS tags, MAP {'a': 1} AS more, {'city': 'Ulm', 'list': [1]} AS geo`,
    );
    const row = { action: "view", timestamp: Date.parse("2025-01-01T08:00:00Z"), value: 12.5 };
    const { items, notes } = await readContent(content);
    expect(items).toEqual([{ user_id: "u1", ...row }]);
    expect(notes).toBe("");
    expect((await readContent(content, { user: "device" })).items).toEqual([{ user_id: "aabb", ...row }]);
    expect((await readContent(content, { user: "geo.city" })).users).toEqual(["Ulm"]);
  });

  it("has fields of maps, and tells of lists that may be the actions", async () => {
    const content = await parquet(
      `SELECT MAP {'user_id': 'u' || range, 'plan': 'pro'} AS props, TIMESTAMP '2025-01-01' AS created_at,
         [{'type': 'login', 'at': TIMESTAMP '2025-01-02'}] AS events, [{'key': 'a', 'value': 1}] AS params FROM range(3)`,
    );
    const { users, notes } = await readContent(content);
    expect(users).toEqual(["u0", "u1", "u2"]);
    expect(notes).toBe(
      'The arrays "events" within the records are not read. If they hold the actions, write a row for each first (in DuckDB: SELECT *, unnest(events) AS entry).',
    );
  });

  async function parquet(select: string): Promise<Buffer> {
    const folder = await mkdtemp(join(tmpdir(), "lapse-parquet-"));
    try {
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      await connection.run(`COPY (${select}) TO '${join(folder, "a.parquet")}'`);
      return await readFile(join(folder, "a.parquet"));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});
