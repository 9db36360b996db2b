import type { Value } from "./pipeline.ts";
import { NotAPipeline, type Tokens } from "./tokens.ts";

/** A quoted string. A backslash is literal, but keeps a quote that follows it from ending the string. */
export function takeString(tokens: Tokens): string | undefined {
  return tokens.take(/"((?:\\"|(?!\\")[^"])*)"/) ?? tokens.take(/'((?:\\'|(?!\\')[^'])*)'/);
}

export function takeNumber(tokens: Tokens): number | undefined {
  const digits = tokens.take(/-?[0-9]+(?:\.[0-9]*)?/);
  return digits === undefined ? undefined : Number(digits);
}

/** The name of a plugin. */
export const bareName = /[A-Za-z0-9_-]+/;

/** `{ name => value … }` of a plugin or a hash. Entries are separated by white space; a comma is an error. */
export function entriesUntilBrace(tokens: Tokens, name: RegExp, comments?: "no comment"): [string, Value][] {
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

/** Starts after the opening bracket. */
export function restOfArray(tokens: Tokens): Value[] {
  const values: Value[] = [];
  if (tokens.take(/]/) !== undefined) return values;
  do values.push(value(tokens));
  while (tokens.take(/,/) !== undefined);
  tokens.expect(/]/, "] or ,");
  return values;
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

/** The entries of a hash. */
function hash(tokens: Tokens): ReadonlyMap<string, Value> {
  const entries = entriesUntilBrace(tokens, /[A-Za-z_][A-Za-z0-9_]+|-?[0-9]+(?:\.[0-9]*)?/, "no comment");
  if (new Set(entries.map(([key]) => key)).size < entries.length) throw new NotAPipeline("A hash names a key twice.");
  return new Map(entries);
}
