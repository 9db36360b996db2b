import { parseCondition } from "./parse-condition.ts";
import { bareName, entriesUntilBrace } from "./parse-value.ts";
import type { Branch, Pipeline, Plugin, Statement } from "./pipeline.ts";
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

function plugin(tokens: Tokens): Plugin {
  const name = tokens.expect(bareName, "a plugin, if or }");
  if (name === "else") throw new NotAPipeline("An else has no if before it.");
  return { kind: "plugin", name, options: entriesUntilBrace(tokens, bareName) };
}
