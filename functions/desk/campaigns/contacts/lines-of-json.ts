import { parseJson, textOf } from "#runtime/body-text.ts";
import { TooLarge } from "#runtime/failures.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { parseMediaType } from "#runtime/media-type.ts";

/** The values of an NDJSON body: one on each line that is not blank. Throws InvalidInput, and TooLarge for more than `most`. */
export function linesOfJson(request: Pick<HttpRequest, "body" | "headers">, most: number): unknown[] {
  const text = textOf(request.body, parseMediaType(header(request, "content-type"))?.charset);
  const lines = text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [{ line, number: i + 1 }]));
  if (lines.length > most) throw new TooLarge(`A body has at most ${most} lines.`, { details: { limit: most } });
  return lines.map(({ line, number }) => parseJson(line, `Line ${number}`));
}
