import { endOfString } from "./json-structure.ts";

/** Digits that a double may not keep: 2^53 has sixteen. */
const longNumber = /[:[,\s]-?\d{16,}/;

/** A number with its fraction and exponent, from where it begins. */
const number = /-?\d[\d.eE+-]*/y;

/**
 * A JSON text in which whole numbers beyond those that a double tells apart (2^53) are strings of their digits: ids of 64 bits are
 * such numbers, and JSON.parse would make one user of several. Also those of which it would lose no digit, as of many that
 * end in zeros: whether an id is taken must not depend on its digits. Other texts are returned as they are, which one look tells. The
 * time it takes grows with the length of the text only, whatever it holds.
 */
export function idsAsText(json: string): string {
  return rewritten(json, (digits) => !Number.isSafeInteger(Number(digits)));
}

/**
 * Likewise, but only those of which JSON.parse would lose a digit: what was a number before it was written as JSON stays one, as in
 * the data of events.
 */
export function keepingDigits(json: string): string {
  return rewritten(json, (digits) => String(Number(digits)) !== digits);
}

function rewritten(json: string, isText: (digits: string) => boolean): string {
  if (!longNumber.test(json)) return json;
  let kept = "";
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) {
      at = endOfString(json, at);
      continue;
    }
    if (code !== minus && !(code >= zero && code <= nine)) continue;
    number.lastIndex = at;
    const part = number.exec(json)?.[0];
    if (part === undefined) continue;
    if (part.length >= 16 && wholeNumber.test(part) && isText(part)) {
      kept += `${json.slice(from, at)}"${part}"`;
      from = at + part.length;
    }
    at += part.length - 1;
  }
  return from === 0 ? json : kept + json.slice(from);
}

const quote = 0x22;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

const wholeNumber = /^-?\d{16,}$/;
