import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** The text of an API key taken apart. */
export interface KeyText {
  /** Public: stands in lists, logs and the audit. */
  readonly id: string;
  /** SHA-256 of the whole text, in hex: all that is kept of it. */
  readonly hash: string;
}

/**
 * What a key looks like, for scanners that look for secrets in repositories: `lapse_`, an id of 8 letters and digits, `_`, a
 * secret of 32, and a checksum of 6.
 */
export const keyPattern = /^lapse_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/**
 * A new key. Its secret is of 32 random characters of 62, which are 190 bits; `random` returns as many bytes as it is asked
 * for. The checksum tells a scanner a key from a text that looks like one.
 */
export function newKeyText(random: (bytes: number) => Uint8Array): string {
  const body = `lapse_${letters(8, random)}_${letters(32, random)}`;
  return `${body}${checksum(body)}`;
}

/** The key's id and hash; undefined for a text that is no key, such as one that was cut or mistyped. */
export function readKeyText(text: string): KeyText | undefined {
  const id = keyPattern.exec(text)?.[1];
  if (id === undefined || checksum(text.slice(0, -6)) !== text.slice(-6)) return undefined;
  return { id, hash: hashOf(text) };
}

/**
 * Plain SHA-256: scrypt and its kin slow down the guessing of passwords, which people choose, and nobody can guess 190 random
 * bits however fast the hash is. On each request they would cost a tenth of a second.
 */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Each character is equally likely: bytes from the last, incomplete round of the alphabet are passed over. */
function letters(count: number, random: (bytes: number) => Uint8Array): string {
  const fair = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < count) {
    for (const byte of random(count)) {
      if (byte < fair && text.length < count) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}

/** CRC-32 in 6 characters of the alphabet, the most significant first. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = `${alphabet[rest % alphabet.length]}${digits}`;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}
