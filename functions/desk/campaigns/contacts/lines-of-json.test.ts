import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "#runtime/failures.ts";
import { linesOfJson } from "./lines-of-json.ts";

const read = (text: string, most = 3) => [...linesOfJson({ headers: {}, body: Buffer.from(text) }, most)];

describe("the values of JSON in lines", () => {
  it("stand one on each line that is not blank", () => {
    expect(read('{"a":1}\n\n[2]\n')).toEqual([{ a: 1 }, [2]]);
    expect(() => read("1\n\n{\n")).toThrow(new InvalidInput("Line 3 is not valid JSON."));
  });

  it("are at most as many as asked for, blank lines included", () => {
    expect(read("1\n2\n3\n")).toEqual([1, 2, 3]);
    expect(read("1\r\n2\r\n3")).toEqual([1, 2, 3]);
    for (const text of ["1\n2\n3\n4", "1\n2\n3\n\n", "\n".repeat(16 * 1024 * 1024)])
      expect(() => read(text)).toThrow(TooLarge);
  });
});
