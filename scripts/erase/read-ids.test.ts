import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readText } from "#churn/intake/text.ts";
import { asStored, readIds } from "./read-ids.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-read-ids-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Buffer): Promise<string[]> {
  const file = join(folder, "ids");
  await writeFile(file, content);
  return readIds(file);
}

it.each<[string, string | Buffer]>([
  ["one on each line", "ana\nben\n"],
  ["with the mark of a file that a spreadsheet saved as UTF-8", "\ufeffana\r\nben\r\n"],
  ["with blanks around them and lines between them", "  ana\t\n\n\u00a0ben \n \n"],
])("reads ids %s", async (_, content) => {
  expect(await read(content)).toEqual(["ana", "ben"]);
});

it("takes an id for what is stored under it", () => {
  const text = "\ufeff \u3000ana\u2003";
  expect(readText(text, 256)).toEqual({ text: asStored(text) });
});

it.each<[string, Buffer]>([
  ["UTF-16", Buffer.from("\ufeffana\nben\n", "utf16le")],
  ["UTF-16 without a mark", Buffer.from("ana\nben\n", "utf16le")],
  ["Latin-1", Buffer.from("anaïs\n", "latin1")],
])("refuses a file in %s, whose ids would be no one's", async (_, content) => {
  await expect(read(content)).rejects.toThrow(/is not text in UTF-8/);
});
