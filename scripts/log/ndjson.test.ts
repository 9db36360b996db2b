import { describe, expect, it } from "vitest";
import { NdjsonReader, pathsIn } from "./ndjson.ts";

describe("NdjsonReader", () => {
  it("reads the values at its paths as text, nested or with a dotted key, and numbers lines across blocks", () => {
    const reader = new NdjsonReader(["user.id", "n"]);
    const rows: unknown[] = [];
    const bad: unknown[] = [];
    const sink = {
      row: (fields: readonly string[], line: number) => void rows.push([line, ...fields]),
      bad: (line: number, reason: string) => void bad.push([line, reason]),
    };
    reader.read('{"user":{"id":"a"},"n":1.5}\r\n\n{"user.id":"b"}\n', sink);
    reader.read('[1]\n{"n":null,"user":"x"}\n{broken\n{"user":{"id":7},"n":true}', sink);
    expect(rows).toEqual([
      [1, "a", "1.5"],
      [3, "b", ""],
      [5, "", ""],
      [7, "7", ""],
    ]);
    expect(bad).toEqual([
      [4, "is not a JSON object"],
      [6, "is not a JSON object"],
    ]);
  });

  it("does not take what every object inherits for a value", () => {
    const reader = new NdjsonReader(["constructor.name", "__proto__"]);
    const rows: (readonly string[])[] = [];
    reader.read("{}\n", { row: (fields) => void rows.push(fields), bad() {} });
    expect(rows).toEqual([["", ""]]);
  });
});

describe("pathsIn", () => {
  it("lists the paths to text and numbers in order of appearance", () => {
    const lines = ['{"user":{"id":"a","tags":["x"]},"on":true}', "not json", '{"@timestamp":1,"user":{"id":"b"}}'];
    expect(pathsIn(lines)).toEqual(["user.id", "@timestamp"]);
  });
});
