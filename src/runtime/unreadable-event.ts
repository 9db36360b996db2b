import { decodeHeader } from "./event-header.ts";
import type { LapseEvent } from "./events.ts";
import { header } from "./headers.ts";
import type { HttpRequest } from "./http.ts";

/**
 * What can be kept of an event in binary mode that is not a valid CloudEvent here, although a broker took it: some take an
 * attribute that is empty or too long. Its attributes are as they came, and its data is the bytes of the body. Undefined
 * without id, source or type, without which nothing is an event.
 */
export function unreadableEvent(request: HttpRequest): LapseEvent | undefined {
  const attributes: Record<string, string> = {};
  for (const key of Object.keys(request.headers)) {
    const value = key.startsWith("ce-") ? header(request, key) : undefined;
    if (value !== undefined) attributes[key.slice(3)] = decoded(key.slice(3), value);
  }
  const { id, source, type, subject, time, specversion: _, ...extensions } = attributes;
  if (!id || !source || !type) return undefined;
  const datacontenttype = header(request, "content-type");
  return {
    id,
    source,
    type,
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...(datacontenttype !== undefined && { datacontenttype }),
    ...(request.body.length > 0 && { bytes: request.body }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

/** Bytes that cannot be decoded stay as they are. */
function decoded(attribute: string, value: string): string {
  try {
    return decodeHeader(attribute, value);
  } catch {
    return value;
  }
}
