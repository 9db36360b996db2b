import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { ofManyNames } from "#test/support/of-many-names.ts";
import { processorTime } from "#test/support/processor-time.ts";
import { TooLarge } from "./failures.ts";
import { checkStructure, elementsOf, linesOf, mostFields, mostNested, mostValues } from "./json-structure.ts";

const anyJson = fc.json({ maxDepth: 4 });

function slices(text: string, spans: Uint32Array | undefined): string[] | undefined {
  const bytes = Buffer.from(text);
  return (
    spans && Array.from({ length: spans.length / 2 }, (_, i) => `${bytes.subarray(spans[2 * i], spans[2 * i + 1])}`)
  );
}

describe("the elements of an array", () => {
  const of = (text: string, most = 1_000) => slices(text, elementsOf(Buffer.from(text), most, "It"));

  it("are those that JSON.parse finds, whatever they hold", () => {
    fc.assert(
      fc.property(fc.array(anyJson), fc.constantFrom(",", " ,\n", "\t, "), (elements, separator) => {
        const text = ` [ ${elements.join(separator)} ]\n`;
        expect(of(text)?.map((element) => JSON.parse(element))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("are none of what begins otherwise, and a fault where the array does not end with the text", () => {
    expect([of("{}"), of('"[1]"'), of("")]).toEqual([undefined, undefined, undefined]);
    for (const text of ["[", "[1", "[1]]", "[1][2]", '["a]', "[{]", "[1] x"])
      expect(() => of(text)).toThrow(new InvalidInput("It is not valid JSON."));
  });

  it("are counted before there is any", () => {
    expect(of("[1,2]", 2)).toEqual(["1", "2"]);
    expect(() => of("[1,2,3]", 2)).toThrow(TooLarge);
    expect(() => of(`[${"{},".repeat(5_000_000)}{}]`)).toThrow(TooLarge);
  });
});

describe("the lines of a text", () => {
  const of = (text: string, most = 1_000) => slices(text, linesOf(Buffer.from(text), most, "It"));

  it("are those that are not blank", () => {
    expect(of('\ufeff{"a":1}\r\n\n \t\n{"b":2}')).toEqual(['{"a":1}\r', '{"b":2}']);
    expect(of("\n\n")).toEqual([]);
  });

  it("are counted before there is any", () => {
    expect(of("1\n2\n", 2)).toHaveLength(2);
    expect(() => of("1\n2\n3", 2)).toThrow(TooLarge);
  });
});

describe("the structure of a JSON text", () => {
  const check = (text: string) => checkStructure(text, "The body");

  it("is good for every ordinary one, and for one that is no JSON at all", () => {
    fc.assert(fc.property(anyJson, check));
    fc.assert(fc.property(fc.string(), check));
  });

  it("may be as deep as the limit, and brackets in strings do not count", () => {
    check(`${"[".repeat(mostNested)}${"]".repeat(mostNested)}`);
    check(JSON.stringify({ text: '[{"\\'.repeat(1_000) }));
    expect(() => check("[".repeat(mostNested + 1))).toThrow(`The body is nested more than ${mostNested} levels deep.`);
    expect(() => check('{"a":'.repeat(1_000_000))).toThrow(InvalidInput);
  });

  it("may have no more values than fit into memory", () => {
    check(`[${"0,".repeat(mostValues - 2)}0]`);
    check(JSON.stringify({ text: ",".repeat(2 * mostValues) }));
    for (const value of ["0", "{}", "[]", '{"a":1}'])
      expect(() => check(`[${`${value},`.repeat(mostValues)}0]`)).toThrow(TooLarge);
    expect(() => check(`{${'"a":1,'.repeat(900_000)}"a":1}`)).toThrow(TooLarge);
  });

  it("may have no more fields than are parsed in a moment, whatever their names are", async () => {
    for (const [objects, fields] of [
      [mostFields / 100, 100],
      [1, mostFields],
    ] as const) {
      const text = ofManyNames(objects, fields);
      check(text);
      expect(await processorTime(() => JSON.parse(text))).toBeLessThan(2_000);
      expect(() => check(`[${text},{"a":1}]`)).toThrow(TooLarge);
    }
    check(JSON.stringify({ text: ":".repeat(2 * mostValues) }));
  });

  it("is looked through in a time that grows with the length alone", async () => {
    for (const text of ['"\\'.repeat(4_000_000), '\\"'.repeat(4_000_000), '"'.repeat(8_000_000)])
      expect(await processorTime(() => check(text))).toBeLessThan(2_000);
  });
});
