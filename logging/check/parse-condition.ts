import { restOfArray, takeNumber, takeString } from "./parse-value.ts";
import type { Condition, Operand, Operator } from "./pipeline.ts";
import { NotAPipeline, type Tokens } from "./tokens.ts";

/**
 * Parses the condition after `if`. Logstash gives `and` and `or` their usual precedence. Here, mixing them without
 * parentheses is an error, because people read it either way.
 */
export function parseCondition(tokens: Tokens): Condition {
  const of = [expression(tokens)];
  const words = new Set<string>();
  for (;;) {
    const word = tokens.take(/(?:and|or)\b/);
    if (word === undefined) break;
    words.add(word);
    of.push(expression(tokens));
  }
  if (words.size > 1) throw new NotAPipeline("A condition mixes and with or without parentheses.");
  const [only] = of;
  if (only !== undefined && of.length === 1) return only;
  return { kind: words.has("and") ? "all" : "any", of };
}

function expression(tokens: Tokens): Condition {
  if (tokens.take(/!(?!=|~)/) !== undefined) {
    return {
      kind: "not",
      of: tokens.take(/\(/) === undefined ? { kind: "truth", of: field(tokens) } : grouped(tokens),
    };
  }
  if (tokens.take(/\(/) !== undefined) return grouped(tokens);
  const left = operand(tokens);
  const compared = tokens.take(/==|!=|<=|>=|<|>/);
  if (isOperator(compared)) return { kind: "compare", operator: compared, left, right: operand(tokens) };
  const matched = tokens.take(/=~|!~/);
  if (matched !== undefined) {
    const match: Condition = { kind: "match", value: left, pattern: pattern(tokens) };
    return matched === "=~" ? match : { kind: "not", of: match };
  }
  if (tokens.take(/in\b/) !== undefined) return { kind: "in", item: left, list: operand(tokens) };
  if (tokens.take(/not\s+in\b/) !== undefined)
    return { kind: "not", of: { kind: "in", item: left, list: operand(tokens) } };
  return { kind: "truth", of: left };
}

function grouped(tokens: Tokens): Condition {
  const condition = parseCondition(tokens);
  tokens.expect(/\)/, ")");
  return condition;
}

function pattern(tokens: Tokens): string {
  return takeString(tokens) ?? tokens.expect(/\/((?:\\\/|(?!\\\/)[^/])*)\//, "a pattern between slashes, or a string");
}

function operand(tokens: Tokens): Operand {
  const value = takeString(tokens) ?? takeNumber(tokens);
  if (value !== undefined) return { value };
  if (tokens.take(/\[(?=\s*["'\d-])/) === undefined) return field(tokens);
  const list = restOfArray(tokens);
  if (list.length < 2) throw new NotAPipeline("A list of one is a field to Logstash, named after what is in it.");
  return { value: list };
}

function field(tokens: Tokens): Operand {
  return { field: fieldPath(tokens.expect(/(?:\[[^\],]+\])+/, "a field, a string, a number or a list")) };
}

/** Splits `[a][b]` into its parts. A plain name is one part. */
export function fieldPath(reference: string): string[] {
  const parts = [...reference.matchAll(/\[([^\][,]+)\]/g)].map(([, name = ""]) => name);
  if (parts.length === 0 && !/[\][,]/.test(reference)) return [reference];
  if (parts.map((part) => `[${part}]`).join("") !== reference) throw new NotAPipeline(`${reference} is not a field.`);
  return parts;
}

function isOperator(text: string | undefined): text is Operator {
  return text !== undefined;
}
