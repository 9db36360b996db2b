import type * as z from "zod";
import { textOf } from "./body-text.ts";
import { UnsupportedMediaType } from "./failures.ts";
import { header } from "./headers.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { parseMediaType } from "./media-type.ts";
import { checked, parametersOf, type Route, type RouteParts } from "./route.ts";

export const formType = "application/x-www-form-urlencoded";

/**
 * A POST route that takes a form of the schema `body`, as pages send it without a script. That a page of another site
 * cannot send it is seen to by the gate, for whoever reads pages by a session or on their own machine. Throws
 * UnsupportedMediaType and InvalidInput.
 */
export function formRoute<Body, Parameters>({
  path,
  access,
  bodyLimit = 65_536,
  body,
  handle,
  ...about
}: RouteParts<Parameters> & {
  readonly bodyLimit?: number;
  readonly body: z.ZodType<Body>;
  readonly handle: (body: Body, parameters: Parameters, request: HttpRequest) => Promise<HttpResponse>;
}): Route {
  return {
    method: "POST",
    path,
    access,
    about: { ...about, body: { [formType]: body } },
    bodyLimit,
    handle: async (request) =>
      handle(checked(body, formOf(request), "The form"), parametersOf(request, about.parameters), request),
  };
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
