import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { StoreUnavailable } from "../../failures.ts";
import { DuckDbDatabase } from "./database.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-close-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("releases the file also when the log cannot be moved into it, and tells of that", async () => {
  const instance = await DuckDBInstance.create(join(folder, "full.duckdb"));
  const connect = instance.connect.bind(instance);
  vi.spyOn(instance, "connect").mockImplementation(async () => {
    const connection = await connect();
    vi.spyOn(connection, "run").mockRejectedValue(new Error("IO Error: No space left on device"));
    return connection;
  });
  const close = vi.spyOn(instance, "closeSync");
  const database = new DuckDbDatabase(join(folder, "full.duckdb"), instance, {});
  await expect(database.close()).rejects.toThrow(StoreUnavailable);
  expect(close).toHaveBeenCalledOnce();
});
