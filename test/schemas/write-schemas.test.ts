import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sources } from "./sources.ts";
import { writeSchemas } from "./write-schemas.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-schemas-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("a schema that is not what it was is not written", async () => {
  const asked: string[] = [];
  const get = async (url: string) => {
    asked.push(url);
    return "kind: CustomResourceDefinition\n";
  };
  await expect(writeSchemas(folder, get)).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, and not [0-9a-f]{64}/);
  expect(asked).toEqual([expect.stringMatching(/^https:\/\/raw\.githubusercontent\.com\/.*\/[0-9a-f]{40}\/.*\.yaml$/)]);
  expect(await readdir(folder)).toEqual([]);
});

it("schemas have names of their own", () => {
  const names = sources.flatMap(({ files }) => files.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});
