import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { functions } from "./functions.ts";

it("every folder of functions/ is a function that this process runs, under the folder's name", async () => {
  const folders = await readdir(fileURLToPath(new URL("../../functions", import.meta.url)));
  expect(functions.map(({ name }) => name).sort()).toEqual(folders.sort());
});
