import { textOf } from "./body-text.ts";
import { TooLarge, UnsupportedMediaType } from "./failures.ts";
import { header } from "./headers.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { parseMediaType } from "./media-type.ts";
import { type BodyParts, bodyRoute, type Route, type RouteParts } from "./route.ts";

export const formType = "application/x-www-form-urlencoded";

/** The most fields in a form: no page of ours sends a tenth of that. */
const mostFields = 1_000;

/**
 * A POST route that takes a form of the schema `body`, as pages send it without a script. The gate refuses a form that a page
 * of another site sends. Throws UnsupportedMediaType, TooLarge and InvalidInput.
 */
export function formRoute<Body, Parameters>({
  bodyLimit = 65_536,
  ...route
}: RouteParts<Parameters> & Omit<BodyParts<Body, Parameters>, "bodyLimit"> & { readonly bodyLimit?: number }): Route {
  return bodyRoute({ ...route, bodyLimit, mediaType: formType, what: "The form", read: formOf });
}

/**
 * The fields of a form: a text each, and a list of texts for a name that stands in it more than once. Throws
 * UnsupportedMediaType, InvalidInput unless it is UTF-8, and TooLarge for more than 1,000 fields.
 */
export function formOf(request: HttpRequest): Readonly<Record<string, string | readonly string[]>> {
  const type = parseMediaType(header(request, "content-type"));
  if (type?.name !== formType) throw new UnsupportedMediaType(`Send a form, with content-type: ${formType}.`);
  requireFewFields(request.body);
  const fields = new Map<string, string | readonly string[]>();
  for (const [name, value] of new URLSearchParams(textOf(request.body, type.charset))) {
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(fields);
}

/** Counts the fields before any is decoded: millions of them fit into the body of a form that takes a long text. */
function requireFewFields(body: Uint8Array): void {
  let fields = 1;
  for (let at = body.indexOf(ampersand); at !== -1; at = body.indexOf(ampersand, at + 1)) {
    fields += 1;
    if (fields > mostFields)
      throw new TooLarge(`A form has at most ${mostFields} fields.`, { details: { limit: mostFields } });
  }
}

const ampersand = 0x26;

/** Leads the browser to another page after a form was taken, so that reloading it sends nothing again. */
export function seeOther(location: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status: 303, headers: { location, "cache-control": "no-store", ...headers }, body: "" };
}
