import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textBlocks } from "./text.ts";

async function blocksOf(chunks: readonly Buffer[]): Promise<string[]> {
  async function* stream() {
    yield* chunks;
  }
  const blocks: string[] = [];
  for await (const block of textBlocks({ chunks: stream(), total: undefined, read: () => 0 }, "log"))
    blocks.push(block);
  return blocks;
}

describe("textBlocks", () => {
  it("gives whole lines, whatever the chunks, and characters that chunks cut in two", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n", "\r\n", ",") });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40), { maxLength: 8 }), async (text, cuts) => {
        const bytes = Buffer.from(text);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const blocks = await blocksOf(ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end)));
        expect(blocks.join("")).toBe(text);
        for (const block of blocks.slice(0, -1)) expect(block.endsWith("\n")).toBe(true);
      }),
    );
  });

  it("leaves a byte order mark out, also one cut in two", async () => {
    const bytes = Buffer.from("\ufeffuser,time\n");
    expect(await blocksOf([bytes])).toEqual(["user,time\n"]);
    expect(await blocksOf([bytes.subarray(0, 1), bytes.subarray(1)])).toEqual(["user,time\n"]);
    expect(await blocksOf([bytes.subarray(0, 5)])).toEqual(["us"]);
  });

  it("refuses a line without an end", async () => {
    const chunk = Buffer.alloc(1024 * 1024, "x");
    await expect(blocksOf(Array.from({ length: 10 }, () => chunk))).rejects.toThrow(/longer than 8 MiB/);
  });
});
