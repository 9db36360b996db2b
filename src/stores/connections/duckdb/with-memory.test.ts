import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { withMemory } from "./with-memory.ts";

it.each([
  ["128MB", "256.0 MiB", "122.0 MiB"],
  ["1GB", "953.6 MiB", "953.6 MiB"],
  ["3GiB", "3.0 GiB", "3.0 GiB"],
])("raises a limit of %s where that is less, and puts it back", async (limit, during, before) => {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: limit });
  const connection = await instance.connect();
  const found = async () =>
    (await (await connection.run("SELECT current_setting('memory_limit')")).getRowsJS())[0]?.[0];
  expect(await found()).toBe(before);
  expect(await withMemory(connection, 256, found)).toBe(during);
  expect(await found()).toBe(before);
  const failing = withMemory(connection, 256, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await found()).toBe(before);
  connection.closeSync();
  instance.closeSync();
});
