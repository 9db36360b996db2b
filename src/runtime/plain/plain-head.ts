import type { Headers } from "../headers.ts";

/** The head of a plain request. */
export interface PlainHead {
  readonly method: "GET" | "POST";
  /** Path and query; begins with a slash. */
  readonly url: string;
  /** Of each name there is one. */
  readonly headers: Headers;
  /** Bytes of the body. */
  readonly length: number;
}

/** Lines of what may stand in a head, each with something in it: no other control character, and nothing beyond ASCII. */
const lines = /^[\t\x20-\x7e]+(?:\r\n[\t\x20-\x7e]+)+$/;
const requestLine = /^(GET|POST) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** A part of what RFC 9110, 5.1, allows. */
const fieldName = /^[A-Za-z0-9-]+$/;
const digits = /^\d{1,9}$/;
/** Node reads a thousand, and leaves out the others. */
const mostHeaders = 100;

/** Which say that a message is framed, coded or answered in some other way (RFC 9110 and 9112); the last is a list even where it comes once. */
const unusual: ReadonlySet<string> = new Set([
  "transfer-encoding",
  "content-encoding",
  "expect",
  "upgrade",
  "te",
  "trailer",
  "keep-alive",
  "proxy-connection",
  "set-cookie",
]);

/**
 * Reads a head (without the empty line at its end) as one byte for each character. Undefined for one that is not plain: whatever there may be
 * two opinions on, or that has to do with more than this one request. Node's parser decides on those.
 */
export function plainHead(text: string): PlainHead | undefined {
  if (!lines.test(text)) return undefined;
  let end = text.indexOf("\r\n");
  const line = requestLine.exec(text.slice(0, end));
  if (line === null) return undefined;
  const [, method, url = "/"] = line;
  const headers: Record<string, string> = {};
  let count = 0;
  while (end < text.length) {
    const at = end + 2;
    end = text.indexOf("\r\n", at);
    if (end === -1) end = text.length;
    const colon = text.indexOf(":", at);
    if (colon === -1 || colon > end) return undefined;
    const given = text.slice(at, colon);
    if (!fieldName.test(given)) return undefined;
    const name = given.toLowerCase();
    // Also what every object has, which nobody sends.
    if (name in headers || unusual.has(name)) return undefined;
    count += 1;
    if (count > mostHeaders) return undefined;
    headers[name] = text.slice(colon + 1, end).trim();
  }
  const { host, connection, "content-length": given } = headers;
  if (host === undefined || (connection !== undefined && connection.toLowerCase() !== "keep-alive")) return undefined;
  if (given !== undefined && !digits.test(given)) return undefined;
  const length = Number(given ?? 0);
  if (method === "POST") return { method, url, headers, length };
  return length === 0 ? { method: "GET", url, headers, length } : undefined;
}
