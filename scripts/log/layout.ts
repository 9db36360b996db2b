import { InvalidInput } from "#churn/failure.ts";
import type { Delimiter } from "./delimited.ts";

export type Layout = { readonly kind: "ndjson" } | { readonly kind: "delimited"; readonly delimiter: Delimiter };

/**
 * How the rows of a text are written, by its first line that is not blank: JSON objects, or fields between the
 * delimiter that is most frequent there outside quotes, or between blanks. Throws InvalidInput for anything else.
 */
export function detectLayout(text: string, path: string): Layout {
  const line = /^\s*(.*)/.exec(text)?.[1] ?? "";
  if (line === "") throw new InvalidInput(`Cannot read ${path}: there is no line in it.`);
  if (line.startsWith("{")) return { kind: "ndjson" };
  if (line.startsWith("["))
    throw new InvalidInput(
      `Cannot read ${path}: it is a JSON array. Write one object to a line (NDJSON), as jq -c '.[]' does.`,
    );
  const bare = line.replace(/"[^"]*"/g, "");
  const [best] = delimiters
    .map((delimiter) => ({ delimiter, count: bare.split(delimiter).length - 1 }))
    .sort((a, b) => b.count - a.count);
  if (best !== undefined && best.count > 0) return { kind: "delimited", delimiter: best.delimiter };
  if (/\S[ \t]+\S/.test(bare)) return { kind: "delimited", delimiter: " " };
  throw new InvalidInput(
    `Cannot read ${path}: its first line has a single column («${line.trim().slice(0, 60)}»). ` +
      "A log needs at least a user and a time, separated by a comma, tab, semicolon, bar or blanks, or as NDJSON.",
  );
}

const delimiters: readonly Delimiter[] = ["\t", ",", ";", "|"];
