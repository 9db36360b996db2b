import { describe, expect, it } from "vitest";
import { processorTime } from "#test/support/processor-time.ts";
import { idsAsText, keepingDigits } from "./json-digits.ts";

describe("keepingDigits", () => {
  it("makes strings of whole numbers whose digits JSON.parse would lose, wherever they stand", () => {
    const json = '[738529527931269425,{"a":738529527931269426, "b" : -12345678901234567890}\n,1]';
    expect(JSON.parse(keepingDigits(json))).toEqual([
      "738529527931269425",
      { a: "738529527931269426", b: "-12345678901234567890" },
      1,
    ]);
  });

  it("leaves those of which it would lose none, unless they may be ids", () => {
    const ids = ["9007199254740992", "-9007199254740994", "738529527931269400", "100000000000000000000"];
    expect(keepingDigits(`[${ids}]`)).toBe(`[${ids}]`);
    expect(JSON.parse(idsAsText(`[${ids},738529527931269425,9007199254740991]`))).toEqual([
      ...ids,
      "738529527931269425",
      9_007_199_254_740_991,
    ]);
  });

  it("takes a time that grows with the length alone, also for strings that do not end", async () => {
    for (const hostile of ['"\\', '\\"', '"', "-", "1e", "1234567890123456 "]) {
      const text = `[1234567890123456789,${hostile.repeat(2_000_000)}`;
      expect(await processorTime(() => keepingDigits(text))).toBeLessThan(5_000);
    }
  });

  it("leaves all else as it is", () => {
    for (const json of [
      '{"a":9007199254740991,"b":1709285400000}',
      '{"id":"738529527931269425","text":"so: 738529527931269425, \\"738529527931269425\\""}',
      '{"a":1234567890123456789.5,"b":12345678901234567e3,"c":0.1234567890123456789}',
    ])
      expect(keepingDigits(json)).toBe(json);
  });
});
