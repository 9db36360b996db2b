import { parseCondition } from "./parse-condition.ts";
import type { Branch, Pipeline, Plugin, Statement, Value } from "./pipeline.ts";
import { NotAPipeline, Tokens } from "./tokens.ts";

/**
 * Parses a pipeline by the grammar of Logstash
 * (https://github.com/elastic/logstash/blob/main/logstash-core/lib/logstash/compiler/lscl/lscl_grammar.treetop), without
 * what our pipelines do not use: method calls, xor and nand, quoted plugin names, empty files. Throws NotAPipeline.
 */
export function parsePipeline(text: string): Pipeline {
  const tokens = new Tokens(text);
  const sections = { input: [] as Statement[], filter: [] as Statement[], output: [] as Statement[] };
  do {
    const name = tokens.expect(/(?:input|filter|output)\b/, "input, filter or output");
    if (name === "input" || name === "filter" || name === "output") sections[name].push(...block(tokens));
  } while (!tokens.isAtEnd);
  return sections;
}

/** A quoted string. A backslash is literal, but keeps a quote that follows it from ending the string. */
export function takeString(tokens: Tokens): string | undefined {
  return tokens.take(/"((?:\\"|(?!\\")[^"])*)"/) ?? tokens.take(/'((?:\\'|(?!\\')[^'])*)'/);
}

export function takeNumber(tokens: Tokens): number | undefined {
  const digits = tokens.take(/-?[0-9]+(?:\.[0-9]*)?/);
  return digits === undefined ? undefined : Number(digits);
}

/** Starts after the opening bracket. */
export function restOfArray(tokens: Tokens): Value[] {
  const values: Value[] = [];
  if (tokens.take(/]/) !== undefined) return values;
  do values.push(value(tokens));
  while (tokens.take(/,/) !== undefined);
  tokens.expect(/]/, "] or ,");
  return values;
}

function block(tokens: Tokens): Statement[] {
  tokens.expect(/\{/, "{");
  const statements: Statement[] = [];
  while (tokens.take(/\}/) === undefined) statements.push(statement(tokens));
  return statements;
}

function statement(tokens: Tokens): Statement {
  return tokens.take(/if\b/) === undefined ? plugin(tokens) : branch(tokens);
}

function branch(tokens: Tokens): Branch {
  const cases = [{ condition: parseCondition(tokens), body: block(tokens) }];
  while (tokens.take(/else\b/) !== undefined) {
    if (tokens.take(/if\b/) === undefined) {
      return { kind: "branch", cases: [...cases, { condition: { kind: "always" }, body: block(tokens) }] };
    }
    cases.push({ condition: parseCondition(tokens), body: block(tokens) });
  }
  return { kind: "branch", cases };
}

const bareName = /[A-Za-z0-9_-]+/;

function plugin(tokens: Tokens): Plugin {
  const name = tokens.expect(bareName, "a plugin, if or }");
  if (name === "else") throw new NotAPipeline("An else has no if before it.");
  return { kind: "plugin", name, options: entriesUntilBrace(tokens, bareName) };
}

/** The entries of a hash. */
function hash(tokens: Tokens): ReadonlyMap<string, Value> {
  const entries = entriesUntilBrace(tokens, /[A-Za-z_][A-Za-z0-9_]+|-?[0-9]+(?:\.[0-9]*)?/, "no comment");
  if (new Set(entries.map(([key]) => key)).size < entries.length) throw new NotAPipeline("A hash names a key twice.");
  return new Map(entries);
}

/** `{ name => value … }` of a plugin or a hash. Entries are separated by white space; a comma is an error. */
function entriesUntilBrace(tokens: Tokens, name: RegExp, comments?: "no comment"): [string, Value][] {
  tokens.expect(/\{/, "{");
  const entries: [string, Value][] = [];
  while (tokens.take(/\}/) === undefined) {
    const isComment = tokens.isAfterComment && comments === "no comment" && entries.length > 0;
    if (isComment) throw new NotAPipeline("A comment stands between the entries of a hash.");
    const key = takeString(tokens) ?? tokens.expect(name, "a name or }");
    tokens.expect(/=>/, "=>");
    entries.push([key, value(tokens)]);
  }
  return entries;
}

function value(tokens: Tokens): Value {
  const text = takeString(tokens);
  if (text !== undefined) return text;
  const number = takeNumber(tokens);
  if (number !== undefined) return number;
  if (tokens.take(/\[/) !== undefined) return restOfArray(tokens);
  const codec = tokens.take(/([A-Za-z0-9_-]+)\s*(?=\{)/);
  if (codec !== undefined) return { kind: "plugin", name: codec, options: entriesUntilBrace(tokens, bareName) };
  const word = tokens.take(/[A-Za-z_][A-Za-z0-9_]+/);
  if (word !== undefined) return word;
  tokens.expect(/(?=\{)/, "a value");
  return hash(tokens);
}
