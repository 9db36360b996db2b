import { describe, expect, it } from "vitest";
import { TooLarge } from "./failures.ts";
import { formOf, formType } from "./form-route.ts";

function formIn(body: string) {
  return formOf({ method: "POST", path: "/", headers: { "content-type": formType }, body: Buffer.from(body) });
}

const fields = (count: number) => Array.from({ length: count }, (_, i) => `f${i}=${i}`).join("&");

describe("the fields of a form", () => {
  it("are a text each, and a list where a name stands more than once", () => {
    expect(formIn("a=1&b=x+y%26&a=2&c=&a=3")).toEqual({ a: ["1", "2", "3"], b: "x y&", c: "" });
    expect(formIn("")).toEqual({});
  });

  it("may have the names of what every object has", () => {
    expect(Object.entries(formIn("__proto__=1&toString=2&__proto__=3"))).toEqual([
      ["__proto__", ["1", "3"]],
      ["toString", "2"],
    ]);
  });

  it("are at most a thousand, which are counted before they are read", () => {
    expect(Object.keys(formIn(fields(1_000)))).toHaveLength(1_000);
    expect(() => formIn(fields(1_001))).toThrow(TooLarge);
    expect(() => formIn("&".repeat(16 * 1024 * 1024))).toThrow("A form has at most 1000 fields.");
  });
});
