import { isAscii, isUtf8 } from "node:buffer";
import { InvalidInput } from "#churn/failure.ts";
import { plainJson } from "#churn/intake/lenient-json.ts";
import { keepingDigits } from "./json-digits.ts";
import { checkStructure } from "./json-structure.ts";

/** The text of a body, without its byte order mark. Throws InvalidInput unless it is UTF-8. */
export function textOf(body: Uint8Array, charset: string | undefined): string {
  requireCharset(charset);
  // A TextDecoder takes longer to make than a small body to decode.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // As nearly all JSON is, which need not be decoded then.
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (!isUtf8(bytes)) throw notUtf8();
  const text = bytes.toString();
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** Throws InvalidInput unless a body is UTF-8. */
export function requireUtf8(body: Uint8Array, charset: string | undefined): void {
  requireCharset(charset);
  if (!isUtf8(body)) throw notUtf8();
}

function requireCharset(charset: string | undefined): void {
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8" && charset !== "us-ascii")
    throw new InvalidInput("The body must be UTF-8; its content type names another charset.");
}

function notUtf8(): InvalidInput {
  return new InvalidInput("The body is not valid UTF-8.");
}

/**
 * The value that a JSON text holds. `what` names it in the messages of the InvalidInput that is thrown if it holds none or is
 * nested too deep, and of the TooLarge that is thrown if it has too many values; see `checkStructure`.
 */
export function parseJson(text: string, what: string): unknown {
  checkStructure(text, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(what, cause);
  }
}

/** V8's own message quotes the text, which may hold what must not be repeated. */
function notJson(what: string, cause: unknown): InvalidInput {
  return new InvalidInput(`${what} is not valid JSON.`, { cause });
}

/**
 * The value of a text that tells of actions or contacts, by the rule by which lines of files are read: JSON, or JSON as some programs write it,
 * behind marks; numbers keep their digits as `keep` has it. Throws as `parseJson`.
 */
export function parseWrittenJson(text: string, what: string, keep = keepingDigits): unknown {
  let start = 0;
  while (marks.has(text.charAt(start))) start += 1;
  const json = keep(text.slice(start));
  // What is too deep or too much is not read a second time.
  checkStructure(json, what);
  try {
    return JSON.parse(json);
  } catch (cause) {
    const plain = plainJson(json);
    if (plain === json) throw notJson(what, cause);
    return parseJson(plain, what);
  }
}

/** Marks of an encoding, where files were put together, and of a text in a sequence of them (RFC 7464). */
const marks: ReadonlySet<string> = new Set(["\ufeff", "\u001e"]);
