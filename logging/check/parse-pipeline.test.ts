import { describe, expect, it } from "vitest";
import { parsePipeline } from "./parse-pipeline.ts";

describe("parsePipeline", () => {
  it("reads sections, plugins, and values of every kind", () => {
    const { input, output } = parsePipeline(`
      # a comment with { and "
      input { beats { port => 5044 type => 'a\\'b' } }
      output { http { url => "http://x" list => ["a", 2] hash => { "k" => v0 'l' => -1.5 } codec => json codec2 => plain { charset => "x" } } }
      # the end
`);
    expect(input).toEqual([
      {
        kind: "plugin",
        name: "beats",
        options: [
          ["port", 5044],
          ["type", "a\\'b"],
        ],
      },
    ]);
    expect(output).toMatchObject([
      {
        options: [
          ["url", "http://x"],
          ["list", ["a", 2]],
          [
            "hash",
            new Map<string, unknown>([
              ["k", "v0"],
              ["l", -1.5],
            ]),
          ],
          ["codec", "json"],
          ["codec2", { kind: "plugin", name: "plain", options: [["charset", "x"]] }],
        ],
      },
    ]);
  });

  it("reads conditions of every kind", () => {
    const { filter } = parsePipeline(`filter {
      if [a][b] == "x" and !([c] in ["d", "e"]) { drop {} }
      else if [e] =~ /^\\// or [f] not in [1, 2] { }
      else { mutate { } }
    }`);
    expect(filter).toMatchObject([
      {
        kind: "branch",
        cases: [
          { condition: { kind: "all", of: [{ operator: "==" }, { kind: "not" }] }, body: [{ name: "drop" }] },
          {
            condition: {
              kind: "any",
              of: [
                { kind: "match", pattern: "^\\/" },
                { kind: "not", of: { kind: "in" } },
              ],
            },
          },
          { condition: { kind: "always" }, body: [{ name: "mutate" }] },
        ],
      },
    ]);
  });

  it.each([
    ["an empty file", "", "expected input, filter or output"],
    ["an unknown section", "inputs { }", "expected input, filter or output"],
    ["a section that does not end", "input { beats { port => 1 }", "expected a plugin, if or }"],
    ["a closing brace too many", "input { } }", "expected input, filter or output"],
    ["an option without a value", "input { beats { port => } }", "expected a value"],
    ["an option without an arrow", "input { beats { port 5044 } }", "expected =>"],
    ["a colon for an arrow", "input { beats { port: 5044 } }", "expected =>"],
    ["a comma between options", "input { beats { a => 1, b => 2 } }", "expected a name or }"],
    ["a comma in a hash", 'filter { mutate { rename => { "a" => "b", "c" => "d" } } }', "expected a name or }"],
    ["a list without commas", 'input { beats { a => ["b" "c"] } }', "expected ] or ,"],
    ["a list with a comma at its end", 'input { beats { a => ["b",] } }', "expected a value"],
    ["a string that does not end", 'input { beats { a => "b } }', "expected a value"],
    ["a single equals sign", 'filter { if [a] = "b" { } }', "expected {"],
    ["a field without brackets", 'filter { if a == "b" { } }', "expected a field"],
    ["an else without its if", "filter { else { } }", "An else has no if before it."],
    ["and beside or", "filter { if [a] and [b] or [c] { } }", "mixes and with or"],
    ["a list of one in a condition", 'filter { if [a] in ["b"] { } }', "A list of one is a field"],
    [
      "a comment in a hash",
      'filter { mutate { copy => { "a" => "b"\n# c\n"d" => "e" } } }',
      "A comment stands between",
    ],
    ["a comment that the file ends in", "filter { } # c", "expected input, filter or output"],
    ["a backslash before the quote that is to end a string", 'input { beats { a => "b\\\\" } }', "expected a value"],
    ["a key of a hash twice", 'filter { mutate { copy => { "a" => "b" "a" => "c" } } }', "names a key twice"],
  ])("finds %s", (_, text, fault) => {
    expect(() => parsePipeline(text)).toThrow(fault);
  });

  it("names the line of a fault", () => {
    expect(() => parsePipeline("input {\n  beats {\n    port >= 1\n  }\n}")).toThrow(
      'line 3: expected =>, found ">= 1',
    );
  });
});
