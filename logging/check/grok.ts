import { fieldPath } from "./parse-condition.ts";
import { NotAPipeline } from "./tokens.ts";

/** The patterns that our pipelines use, from logstash-patterns-core, `patterns/ecs-v1`. */
const patterns: ReadonlyMap<string, string> = new Map([
  ["NOTSPACE", "\\S+"],
  ["WORD", "\\b\\w+\\b"],
  ["INT", "(?:[+-]?(?:[0-9]+))"],
  ["HTTPDATE", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}"],
  ["MONTHDAY", "(?:(?:0[1-9])|(?:[12][0-9])|(?:3[01])|[1-9])"],
  [
    "MONTH",
    "\\b(?:[Jj]an(?:uary|uar)?|[Ff]eb(?:ruary|ruar)?|[Mm](?:a|ä)?r(?:ch|z)?|[Aa]pr(?:il)?|[Mm]a(?:y|i)?|[Jj]un(?:e|i)?|[Jj]ul(?:y|i)?|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo](?:c|k)?t(?:ober)?|[Nn]ov(?:ember)?|[Dd]e(?:c|z)(?:ember)?)\\b",
  ],
  // The original has the atomic group (?>\d\d){1,2}, which JavaScript lacks. Here both match the same.
  ["YEAR", "(?:\\d\\d){1,2}"],
  ["TIME", "(?!<[0-9])%{HOUR}:%{MINUTE}(?::%{SECOND})(?![0-9])"],
  ["HOUR", "(?:2[0123]|[01]?[0-9])"],
  ["MINUTE", "(?:[0-5][0-9])"],
  ["SECOND", "(?:(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?)"],
  ["URIPATH", "(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_\\-]*)+"],
]);

/** Matches a grok expression against a text. Returns pairs of field path and value, or undefined without a match. */
export function grok(expression: string, text: string): [string[], string][] | undefined {
  const fields: string[][] = [];
  const source = expand(expression, fields);
  const found = new RegExp(source).exec(text);
  if (found === null) return undefined;
  return fields.flatMap((path, index): [string[], string][] => {
    const value = found.groups?.[`field${index}`];
    return value === undefined ? [] : [[path, value]];
  });
}

function expand(expression: string, fields: string[][]): string {
  return expression.replace(/%\{(\w+)(?::([^}]+))?\}/g, (_, name: string, field: string | undefined) => {
    const pattern = patterns.get(name);
    if (pattern === undefined) throw new NotAPipeline(`The grok pattern ${name} is not supported here.`);
    if (field === undefined) return `(?:${expand(pattern, fields)})`;
    fields.push(fieldPath(field));
    return `(?<field${fields.length - 1}>${expand(pattern, fields)})`;
  });
}
