import { textOf } from "./body-text.ts";
import { UnsupportedMediaType } from "./failures.ts";
import { header } from "./headers.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { parseMediaType } from "./media-type.ts";
import { type BodyParts, bodyRoute, type Route, type RouteParts } from "./route.ts";

export const formType = "application/x-www-form-urlencoded";

/**
 * A POST route that takes a form of the schema `body`, as pages send it without a script. The gate refuses a form that a page
 * of another site sends. Throws UnsupportedMediaType and InvalidInput.
 */
export function formRoute<Body, Parameters>({
  bodyLimit = 65_536,
  ...route
}: RouteParts<Parameters> & Omit<BodyParts<Body, Parameters>, "bodyLimit"> & { readonly bodyLimit?: number }): Route {
  return bodyRoute({ ...route, bodyLimit, mediaType: formType, what: "The form", read: formOf });
}

/** The fields of a form: a text each, and a list of texts for a name that stands in it more than once. */
export function formOf(request: HttpRequest): Readonly<Record<string, string | readonly string[]>> {
  const type = parseMediaType(header(request, "content-type"));
  if (type?.name !== formType) throw new UnsupportedMediaType(`Send a form, with content-type: ${formType}.`);
  const fields = new URLSearchParams(textOf(request.body, type.charset));
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

/** Leads the browser to another page after a form was taken, so that reloading it sends nothing again. */
export function seeOther(location: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status: 303, headers: { location, "cache-control": "no-store", ...headers }, body: "" };
}
