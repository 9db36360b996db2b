import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DelimitedReader, type Delimiter } from "./delimited.ts";

describe("DelimitedReader", () => {
  it("reads plain rows with their line numbers, with or without carriage returns and a last line end", () => {
    expect(read(",", "a,b\r\nc,,d\n\n1,2")).toEqual({
      rows: [
        [1, "a", "b"],
        [2, "c", "", "d"],
        [4, "1", "2"],
      ],
      bad: [],
    });
  });

  it("reads quoted fields, doubled quotes, and delimiters and line ends inside quotes", () => {
    const { rows } = read(";", 'x;"a;""b"""\n"two\nlines";y\nz;""\n');
    expect(rows).toEqual([
      [1, "x", 'a;"b"'],
      [2, "two\nlines", "y"],
      [4, "z", ""],
    ]);
  });

  it("takes a quote inside a field for itself", () => {
    expect(read(",", '5" pipe,a\nb,say "hi"\n').rows).toEqual([
      [1, '5" pipe', "a"],
      [2, "b", 'say "hi"'],
    ]);
  });

  it("splits at runs of blanks, also before the first field and after the last", () => {
    expect(read(" ", ' 00001 19970101  1   11.77\r\n\t a \t"b c"  d \n   \n').rows).toEqual([
      [1, "00001", "19970101", "1", "11.77"],
      [2, "a", "b c", "d"],
    ]);
  });

  it("gives up a quote that is never closed, and keeps the rows after it", () => {
    const { rows, bad } = read(",", 'a,1\n"b,2\nc,3\nd,4\n');
    expect(rows).toEqual([
      [1, "a", "1"],
      [3, "c", "3"],
      [4, "d", "4"],
    ]);
    expect(bad).toEqual([[2, "a quote is opened and not closed"]]);
  });

  it("gives up such a quote long before the end of a long file", () => {
    const reader = new DelimitedReader(",");
    const bad: number[] = [];
    const rows: number[] = [];
    const sink = {
      row: (_: readonly string[], line: number) => void rows.push(line),
      bad: (line: number) => void bad.push(line),
    };
    reader.read(`"open,1\n${"x,y\n".repeat(500)}`, sink);
    expect(bad).toEqual([1]);
    expect(rows).toHaveLength(500);
    expect(rows[0]).toBe(2);
  });

  it("returns whatever was written as RFC 4180 says, however the text comes in blocks", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", " ", ",", '"', "\n", "1") });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(table, fc.nat(), (rows, blocks) => {
        // A blank first field of a row of blanks would read as a blank line; quoting every field avoids it.
        const text = rows
          .map((row) => `${row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")}\n`)
          .join("");
        expect(read(",", text, blocks).rows.map(([, ...fields]) => fields)).toEqual(rows);
      }),
    );
  });
});

/** Feeds the text in blocks that end at line ends chosen by the bits of `blocks`. */
function read(delimiter: Delimiter, text: string, blocks = 0) {
  const rows: (readonly (string | number)[])[] = [];
  const bad: [number, string][] = [];
  const sink = {
    row: (fields: readonly string[], line: number) => void rows.push([line, ...fields]),
    bad: (line: number, reason: string) => void bad.push([line, reason]),
  };
  const reader = new DelimitedReader(delimiter);
  let block = "";
  for (const [index, line] of text.split(/(?<=\n)/).entries()) {
    block += line;
    if (((blocks >>> (index % 31)) & 1) === 1) {
      reader.read(block, sink);
      block = "";
    }
  }
  reader.read(block, sink);
  reader.finish(sink);
  return { rows, bad };
}
