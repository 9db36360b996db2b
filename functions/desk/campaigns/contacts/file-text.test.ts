import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fileText } from "./file-text.ts";

const text = "user\nÄnne 😀\n";
const bigEndian = Buffer.from(`\ufeff${text}`, "utf16le").swap16();

describe("the text of a file", () => {
  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with its mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 of the other order", bigEndian],
  ])("is read in %s", (_name, bytes) => {
    expect(fileText(bytes)).toBe(text);
  });

  it.each([
    ["a workbook", Buffer.from("PK\u0003\u0004…"), /workbook .* save the sheet as “CSV UTF-8”/],
    ["an old workbook", Buffer.from("d0cf11e0a1b11ae1", "hex"), /workbook/],
    ["a compressed file", gzipSync(text), /compressed: unpack it first/],
    ["text of another encoding", Buffer.from("user\nÄnne", "latin1"), /not text in UTF-8: save it as/],
  ])("is not that of %s, and what to do is said", (_name, bytes, told) => {
    expect(() => fileText(bytes)).toThrow(told);
  });
});
