import * as z from "zod";
import { Failure, InvalidInput } from "#churn/failure.ts";
import { parseEvent } from "#runtime/event-request.ts";
import { UnsupportedMediaType } from "#runtime/failures.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { parseMediaType } from "#runtime/media-type.ts";
import { elementsOfJson } from "./body-items.ts";
import { itemOfEvent } from "./event-item.ts";
import { Unreadable } from "./item.ts";

const mediaType = "application/cloudevents-batch+json";

/**
 * The events of a request in batched mode as items; a bad one does not spoil the others. Throws UnsupportedMediaType, TooLarge
 * for more than `most` events, and InvalidInput.
 */
export function* batchItems(request: HttpRequest, most: number): Generator<unknown> {
  const type = parseMediaType(header(request, "content-type"));
  if (type?.name !== mediaType)
    throw new UnsupportedMediaType(`CloudEvents are taken as JSON only: the content type ${mediaType}.`);
  const elements = elementsOfJson(request.body, type.charset, most);
  if (elements === undefined) throw new InvalidInput("A batch of CloudEvents must be a JSON array.");
  for (const element of elements) yield itemOf(element);
}

function itemOf(element: unknown): unknown {
  if (element instanceof Unreadable) return element;
  try {
    return itemOfEvent(parseEvent(element));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return new Unreadable(error.message, field.safeParse(error.details).data?.field);
  }
}

const field = z.object({ field: z.string() });
