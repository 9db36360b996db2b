import { Failure } from "#churn/failure.ts";
import { parseWrittenJson, requireUtf8, textOf } from "#runtime/body-text.ts";
import { TooLarge } from "#runtime/failures.ts";
import { idsAsText } from "#runtime/json-digits.ts";
import { elementsOf, linesOf } from "#runtime/json-structure.ts";
import { Unreadable } from "./item.ts";

/** The most bytes of one item: with all its fields of the longest an action has about 10 kB. */
const mostItemBytes = 256 * 1024;

/**
 * The items of a JSON body: the elements of an array, the objects of one that has several, each on a line, as programs send them that call
 * NDJSON JSON (older versions of Fluent Bit), or the one value that it is otherwise. Numbers of 64 bits, as ids are,
 * keep all their digits. Throws TooLarge for more than `most` items, and InvalidInput.
 */
export function itemsOfJson(body: Buffer, charset: string | undefined, most: number): Iterable<unknown> {
  const elements = elementsOfJson(body, charset, most);
  if (elements !== undefined) return elements;
  if (isLines(body)) return itemsOfLines(body, charset, most);
  if (body.length > mostItemBytes)
    throw new TooLarge(`One item has at most ${mostItemBytes} bytes.`, { details: { limit: mostItemBytes } });
  return [parseWrittenJson(textOf(body, charset), "The body", idsAsText)];
}

/**
 * The elements of a body that is a JSON array; undefined for another. Each is parsed when it is asked for, so that a body of
 * many items takes little more memory than its bytes, and an unreadable one spoils only itself. Throws as `itemsOfJson`.
 */
export function elementsOfJson(body: Buffer, charset: string | undefined, most: number): Iterable<unknown> | undefined {
  requireUtf8(body, charset);
  const elements = elementsOf(body, most, "The body");
  return elements && itemsAt(body, elements);
}

/** Whether the first line is an object by itself, and not all there is: no value of JSON begins so. */
function isLines(body: Buffer): boolean {
  let start = 0;
  while ((body[start] ?? 0) <= blank && start < body.length) start += 1;
  const end = body.indexOf("\n", start);
  if (end === -1 || end - start > mostItemBytes || body.subarray(end).every((byte) => byte <= blank)) return false;
  const first = itemAt(body, start, end);
  return typeof first === "object" && first !== null && !(first instanceof Unreadable);
}

/** Blanks and control characters have no greater codes. */
const blank = 0x20;

/** The items of NDJSON: one in each line that is not blank. Otherwise as `itemsOfJson`. */
export function itemsOfLines(body: Buffer, charset: string | undefined, most: number): Iterable<unknown> {
  requireUtf8(body, charset);
  return itemsAt(body, linesOf(body, most, "The body"));
}

function* itemsAt(body: Buffer, spans: Uint32Array): Generator<unknown> {
  for (let i = 0; i < spans.length; i += 2) yield itemAt(body, spans[i] ?? 0, spans[i + 1] ?? 0);
}

function itemAt(body: Buffer, start: number, end: number): unknown {
  if (end - start > mostItemBytes) return new Unreadable(`is larger than ${mostItemBytes} bytes.`);
  try {
    return parseWrittenJson(body.toString("utf8", start, end), "It", idsAsText);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The message is a sentence of its own, and here it goes on after the item.
    return new Unreadable(error.message.replace(/^It /, ""));
  }
}
