import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { textOf } from "./body-text.ts";
import { TooLarge, UnsupportedMediaType } from "./failures.ts";
import { header } from "./headers.ts";
import type { HttpRequest } from "./http.ts";
import { parseMediaType } from "./media-type.ts";
import { type BodyParts, bodyRoute, type Route, type RouteParts } from "./route.ts";
import { shownAs } from "./route-description.ts";

export const uploadType = "multipart/form-data";

/** A file that a person has chosen in a form. */
export const uploadedFile = shownAs(
  z.object({ name: z.string(), bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  z.string().meta({ format: "binary" }),
);
export type UploadedFile = z.infer<typeof uploadedFile>;

/** The most fields in a form with a file, and the most bytes above the content of one. */
const mostFields = 20;
const mostAbove = 8_192;

/**
 * A POST route that takes a form with files (RFC 7578) of the schema `body`, as pages send it without a script. The gate refuses a
 * form that a page of another site sends. Throws UnsupportedMediaType, TooLarge and InvalidInput.
 */
export function uploadRoute<Body, Parameters>(route: RouteParts<Parameters> & BodyParts<Body, Parameters>): Route {
  return bodyRoute({ ...route, mediaType: uploadType, what: "The form", read: uploadOf });
}

/**
 * The fields of a form with files, by name: texts and files; the last where a name stands more than once, and none for a file that was
 * not chosen. Throws UnsupportedMediaType, InvalidInput for what is no such form, and TooLarge for more than 20 fields.
 */
export function uploadOf(request: HttpRequest): Readonly<Record<string, string | UploadedFile>> {
  const { body } = request;
  const boundary = boundaryOf(request);
  const divider = Buffer.from(`\r\n--${boundary}`);
  const fields = new Map<string, string | UploadedFile>();
  // The first divider may stand at the very beginning, without a line break before it.
  let at = body.indexOf(divider.subarray(2)) === 0 ? divider.length - 2 : after(body.indexOf(divider), divider.length);
  for (let count = 0; at !== undefined && body.toString("latin1", at, at + 2) !== "--"; count++) {
    if (count === mostFields)
      throw new TooLarge(`A form with files has at most ${mostFields} fields.`, { details: { limit: mostFields } });
    const from = after(body.subarray(at, at + mostAbove).indexOf("\r\n\r\n"), at + 4);
    const end = from === undefined ? -1 : body.indexOf(divider, from - 2);
    if (from === undefined || end === -1) throw broken();
    const { name, fileName } = dispositionOf(textOf(body.subarray(at, from), undefined));
    const content = body.subarray(from, Math.max(from, end));
    if (fileName === undefined) fields.set(name, textOf(content, undefined));
    else if (fileName !== "" || content.length > 0) fields.set(name, { name: fileName, bytes: content });
    at = end + divider.length;
  }
  if (at === undefined) throw broken();
  return Object.fromEntries(fields);
}

/** Where what was found ends; undefined if it was not found. */
function after(found: number, length: number): number | undefined {
  return found === -1 ? undefined : found + length;
}

function boundaryOf(request: Pick<HttpRequest, "headers">): string {
  const type = header(request, "content-type");
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type ?? "") ?? [];
  const boundary = quoted ?? plain;
  if (parseMediaType(type)?.name !== uploadType || boundary === undefined)
    throw new UnsupportedMediaType(`Send a form with a file, with content-type: ${uploadType} and its boundary.`);
  return boundary;
}

/** What a field is called, and its file. Browsers write quotation marks and line breaks in names as in a URL. */
function dispositionOf(head: string): { readonly name: string; readonly fileName: string | undefined } {
  const [, disposition] = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head) ?? [];
  const [, name] = /(?:^|[;\s])name="([^"]*)"/i.exec(disposition ?? "") ?? [];
  if (disposition === undefined || name === undefined) throw broken();
  const [, fileName] = /(?:^|[;\s])filename="([^"]*)"/i.exec(disposition) ?? [];
  return { name, fileName };
}

function broken(): InvalidInput {
  return new InvalidInput("The form is not valid: it is cut off, or no form with files as browsers send it.");
}
