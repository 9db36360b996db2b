import { InvalidInput } from "#churn/failure.ts";
import { parseJson, textOf } from "#runtime/body-text.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { keepingDigits } from "#runtime/json-digits.ts";
import { isJson, parseMediaType } from "#runtime/media-type.ts";
import { Unreadable } from "./item.ts";

const lines = new Set(["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"]);

/**
 * The items of a request that carries no CloudEvents: a JSON object, a JSON array, or NDJSON. Numbers of 64
 * bits, as ids are, keep all their digits. Throws InvalidInput.
 */
export function plainItems(request: HttpRequest): Iterable<unknown> {
  const type = parseMediaType(header(request, "content-type"));
  if (type === undefined || !(isJson(type.name) || lines.has(type.name)))
    throw new InvalidInput(
      "The content type must be application/json, application/x-ndjson, or one of CloudEvents (application/cloudevents+json, application/cloudevents-batch+json).",
    );
  const text = textOf(request.body, type.charset);
  if (text.trim() === "") throw new InvalidInput("The body is empty.");
  if (lines.has(type.name)) return itemsOfLines(text);
  const value = parseJson(keepingDigits(text), "The body");
  return Array.isArray(value) ? value : [value];
}

/** One item per line that is not blank; an unreadable line spoils only itself. */
function* itemsOfLines(text: string): Generator<unknown> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line !== "") yield itemOfLine(line);
  }
}

function itemOfLine(line: string): unknown {
  try {
    return JSON.parse(keepingDigits(line));
  } catch {
    return new Unreadable("is not valid JSON.");
  }
}
