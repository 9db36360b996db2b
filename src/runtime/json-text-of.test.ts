import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWrittenAs, memberText } from "./json-text-of.ts";

describe("isWrittenAs", () => {
  it.each(['{"a":1,"b":["x y",null]}', '{ "a" : 1,\n\t"b": [ "x y" , null ] }', '"a \\" b"', "0", "[]"])(
    "is true of %s, which parsing keeps",
    (json) => {
      expect(isWrittenAs(json, JSON.parse(json))).toBe(true);
    },
  );

  it.each(['{"a":1e400}', '{"a":0.12345678901234567890}', '{"a":1.0}', '{"a":1,"a":2}', '{"b":1,"1":2}', "-0"])(
    "is false of %s, which parsing changes",
    (json) => {
      expect(isWrittenAs(json, JSON.parse(json))).toBe(false);
    },
  );

  it("is true of any value as JSON.stringify writes it, with blanks or without", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, space) => {
        const parsed = JSON.parse(JSON.stringify(value));
        expect(isWrittenAs(JSON.stringify(parsed, null, space), parsed)).toBe(true);
      }),
    );
  });
});

describe("memberText", () => {
  it("finds the text of a member at the top, and the last of several", () => {
    const json = '{"x":{"data":0},"data" : [1, {"data":2}] , "t":"data: }","data":12345678901234567890 }';
    expect(memberText(json, "data")).toBe("12345678901234567890");
    expect(memberText(json, "x")).toBe('{"data":0}');
    expect(memberText(json, "t")).toBe('"data: }"');
    expect(memberText(json, "none")).toBeUndefined();
    expect(memberText('{"d\\u0061ta":1.50}', "data")).toBe("1.50");
  });

  it("finds in any object what JSON.parse has", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1), (object, space) => {
        const json = JSON.stringify(object, null, space);
        const parsed = JSON.parse(json);
        for (const name of Object.keys(parsed))
          expect(JSON.parse(memberText(json, name) ?? "no text")).toEqual(parsed[name]);
      }),
    );
  });
});
