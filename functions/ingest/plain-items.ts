import { InvalidInput } from "#churn/failure.ts";
import { UnsupportedMediaType } from "#runtime/failures.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { isJson, parseMediaType } from "#runtime/media-type.ts";
import { itemsOfJson, itemsOfLines } from "./body-items.ts";

const lines = new Set(["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"]);

/**
 * The items of a request that carries no CloudEvents: a JSON object, a JSON array, or NDJSON; a body without a content type is
 * JSON. Throws UnsupportedMediaType, TooLarge for more than `most` items, and InvalidInput.
 */
export function plainItems(request: HttpRequest, most: number): Iterable<unknown> {
  const type = parseMediaType(header(request, "content-type") ?? "application/json");
  if (type === undefined || !(isJson(type.name) || lines.has(type.name)))
    throw new UnsupportedMediaType(
      "The content type must be application/json, application/x-ndjson, or one of CloudEvents (application/cloudevents+json, application/cloudevents-batch+json).",
    );
  const { body } = request;
  if (isBlank(body)) throw new InvalidInput("The body is empty.");
  return lines.has(type.name) ? itemsOfLines(body, type.charset, most) : itemsOfJson(body, type.charset, most);
}

function isBlank(body: Uint8Array): boolean {
  for (let at = 0; at < body.length; at++) if ((body[at] ?? 0) > 0x20) return false;
  return true;
}
