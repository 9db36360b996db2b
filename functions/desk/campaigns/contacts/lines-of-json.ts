import { parseJson, textOf } from "#runtime/body-text.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { parseMediaType } from "#runtime/media-type.ts";
import { requireFewLines } from "./few-lines.ts";

/**
 * The values of an NDJSON body: one on each line that is not blank, parsed when it is asked for. Throws InvalidInput, and TooLarge for
 * more lines than `most`.
 */
export function* linesOfJson(request: Pick<HttpRequest, "body" | "headers">, most: number): Generator<unknown> {
  const text = textOf(request.body, parseMediaType(header(request, "content-type"))?.charset);
  requireFewLines(text, most);
  for (const [i, line] of text.split("\n").entries()) if (line.trim() !== "") yield parseJson(line, `Line ${i + 1}`);
}
