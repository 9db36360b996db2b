import { endOfString } from "./json-structure.ts";

/** Digits that a double may not keep: 2^53 has sixteen. */
const longNumber = /[:[,\s]-?\d{16,}/;

/** A number with its fraction and exponent, from where it begins. */
const number = /-?\d[\d.eE+-]*/y;

/**
 * A JSON text in which whole numbers of sixteen digits or more are strings of their digits, of which JSON.parse would
 * lose the last: ids of 64 bits are such numbers, and one user would be made of several. Other texts are returned as they
 * are, which one look tells. The time it takes grows with the length of the text only, whatever it holds.
 */
export function keepingDigits(json: string): string {
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
    if (losesDigits(part)) {
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

function losesDigits(part: string): boolean {
  return part.length >= 16 && /^-?\d{16,}$/.test(part) && String(Number(part)) !== part;
}
