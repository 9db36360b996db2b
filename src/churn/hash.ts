/** FNV-1a of the UTF-8 bytes of a text, 32 bits unsigned. */
export function fnv1a(text: string): number {
  let hash = offset;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Only of ASCII is each character a byte.
    if (code > 0x7f) return ofBytes(Buffer.from(text, "utf8"));
    hash = Math.imul(hash ^ code, prime);
  }
  return hash >>> 0;
}

function ofBytes(bytes: Uint8Array): number {
  let hash = offset;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, prime);
  return hash >>> 0;
}

const offset = 0x811c9dc5;
const prime = 0x01000193;

/** Spreads a 32-bit hash over all its bits (the finaliser of MurmurHash3), as 0 … 1. */
export function uniform(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 16;
  return (mixed >>> 0) / 2 ** 32;
}
