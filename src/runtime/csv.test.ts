import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine, fromSafe } from "./csv.ts";

it("quotes what would end a cell, and leaves numbers alone", () => {
  expect(csvLine(["ann", 0.25, undefined, -3])).toBe("ann,0.25,,-3\n");
  expect(csvLine(['say "hi"', "a,b", "two\nlines", " x"])).toBe('"say ""hi""","a,b","two\nlines"," x"\n');
});

it("writes nothing that a spreadsheet runs", () => {
  for (const text of [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200b=1",
    "\ufeff+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    '=HYPERLINK("http://x","y")',
  ])
    expect(csvLine([text])).toMatch(/^"?'/);
});

it("gives the text back", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."='+-@＝\n\t \u200b,\"a") })), (text) => {
      const [, inside = ""] = /^(.*)\n$/s.exec(csvLine([text])) ?? [];
      const cell = inside.startsWith('"') ? inside.slice(1, -1).replaceAll('""', '"') : inside;
      expect(fromSafe(cell)).toBe(text);
    }),
  );
});
