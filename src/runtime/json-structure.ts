import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "./failures.ts";

/** The deepest nesting of a JSON text: CloudEvents, instances and tensors need less than ten. */
export const mostNested = 64;

/** The most values in a JSON text, objects and arrays included: a parsed one may take a hundred bytes where it was sent in two. */
export const mostValues = 400_000;

/**
 * The most fields in the objects of a JSON text: where names or their order differ from object to object, each takes V8 some 3 µs, which
 * nothing can interrupt. No text of `mostValues` characters has as many.
 */
export const mostFields = 200_000;

/** Throws InvalidInput or TooLarge for a JSON text that takes far more memory or stack than its length tells. */
export function checkStructure(json: string, what: string): void {
  // Too short for too many values, with too few brackets to nest too deep, strings included: so are nearly all, in no time.
  if (json.length <= mostValues && count(json, "[") + count(json, "{") <= mostNested) return;
  let depth = 0;
  let values = 1;
  let fields = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case code.quote:
        at = endOfString(json, at);
        break;
      case code.openBrace:
      case code.openBracket:
        depth += 1;
        values += 1;
        if (depth > mostNested)
          throw new InvalidInput(`${what} is nested more than ${mostNested} levels deep.`, {
            details: { limit: mostNested },
          });
        break;
      case code.closeBrace:
      case code.closeBracket:
        depth -= 1;
        break;
      case code.comma:
        values += 1;
        break;
      case code.colon:
        fields += 1;
        break;
    }
  }
  if (values > mostValues) throw tooLarge(mostValues, "values");
  if (fields > mostFields) throw tooLarge(mostFields, "fields");

  function tooLarge(limit: number, counted: string): TooLarge {
    return new TooLarge(`${what} has more than ${limit} ${counted}; send it in parts.`, { details: { limit } });
  }
}

/** How often a character occurs, up to one more than matters. */
function count(json: string, character: string): number {
  let found = 0;
  for (let at = json.indexOf(character); at !== -1 && found <= mostNested; at = json.indexOf(character, at + 1))
    found += 1;
  return found;
}

/** Where the string ends that begins at `start`: its closing quote, or the end of a text that has none. */
export function endOfString(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let escapes = 0;
    while (json.charCodeAt(at - 1 - escapes) === code.backslash) escapes += 1;
    // In front of the string's beginning there is no escape of its own.
    if (Math.min(escapes, at - 1 - start) % 2 === 0) return at;
  }
  return json.length;
}

const code = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
};

/**
 * The elements of a JSON array as the bytes in which each stands, without parsing any of them: pairs of the first byte and
 * the one after the last. Undefined if the text begins no array. Throws TooLarge for more than `most`, and InvalidInput for an
 * array that does not end where the text does.
 */
export function elementsOf(json: Uint8Array, most: number, what: string): Uint32Array | undefined {
  const { start, end } = trimmed(json);
  if (json[start] !== code.openBracket) return undefined;
  if (end - start < 2 || json[end - 1] !== code.closeBracket) throw notJson(what);
  const spans: number[] = [];
  let depth = 0;
  let from = start + 1;
  let inString = false;
  for (let at = start + 1; at < end - 1; at++) {
    const byte = json[at];
    if (inString) {
      if (byte === code.backslash) at += 1;
      else if (byte === code.quote) inString = false;
    } else if (byte === code.quote) inString = true;
    else if (byte === code.openBrace || byte === code.openBracket) depth += 1;
    else if (byte === code.closeBrace || byte === code.closeBracket) {
      depth -= 1;
      // Another array, or something else, follows the first one.
      if (depth < 0) throw notJson(what);
    } else if (byte === code.comma && depth === 0) {
      if (spans.length >= 2 * most) throw tooMany(most, what);
      spans.push(from, at);
      from = at + 1;
    }
  }
  if (inString || depth !== 0) throw notJson(what);
  // Some programs write a comma behind the last element as well.
  if (isBlank(json, from, end - 1)) return Uint32Array.from(spans);
  if (spans.length >= 2 * most) throw tooMany(most, what);
  spans.push(from, end - 1);
  return Uint32Array.from(spans);
}

/** The lines of a text that are not blank, as `elementsOf` has elements. */
export function linesOf(text: Uint8Array, most: number, what: string): Uint32Array {
  const spans: number[] = [];
  let from = afterMark(text);
  let isEmpty = true;
  for (let at = from; at <= text.length; at++) {
    const byte = text[at];
    if (byte !== undefined && byte !== 0x0a) {
      if (byte > 0x20) isEmpty = false;
      continue;
    }
    if (!isEmpty) {
      if (spans.length >= 2 * most) throw tooMany(most, what);
      spans.push(from, at);
    }
    from = at + 1;
    isEmpty = true;
  }
  return Uint32Array.from(spans);
}

function notJson(what: string): InvalidInput {
  return new InvalidInput(`${what} is not valid JSON.`);
}

function tooMany(most: number, what: string): TooLarge {
  return new TooLarge(`${what} holds more than ${most} items; send it in parts.`, { details: { limit: most } });
}

function trimmed(bytes: Uint8Array): { start: number; end: number } {
  let start = afterMark(bytes);
  let end = bytes.length;
  while (start < end && isBlankByte(bytes[start])) start += 1;
  while (end > start && isBlankByte(bytes[end - 1])) end -= 1;
  return { start, end };
}

/** Where a text begins, after the byte order mark that some programs write. */
function afterMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isBlankByte(bytes[at])) return false;
  return true;
}

function isBlankByte(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
