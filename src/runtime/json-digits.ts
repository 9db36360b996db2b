/** Digits that a double may not keep: 2^53 has sixteen. */
const longNumber = /[:[,\s]-?\d{16,}/;

/** A string, which is left as it is, or a number with its fraction and exponent. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * A JSON text in which whole numbers of sixteen digits or more are strings of their digits, of which JSON.parse would
 * lose the last: ids of 64 bits are such numbers, and one user would be made of several. Other texts are returned as they
 * are, which one look tells.
 */
export function keepingDigits(json: string): string {
  if (!longNumber.test(json)) return json;
  return json.replace(stringOrNumber, (part) => (losesDigits(part) ? `"${part}"` : part));
}

function losesDigits(part: string): boolean {
  return part.length >= 16 && /^-?\d{16,}$/.test(part) && String(Number(part)) !== part;
}
