import { expect, it } from "vitest";
import { fnv1a } from "./hash.ts";

it.each([
  // From the reference implementation's test vectors (http://www.isthe.com/chongo/tech/comp/fnv/).
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("is FNV-1a of %j", (text, hash) => expect(fnv1a(text)).toBe(hash));

it("is of the UTF-8 bytes of any text", () => {
  for (const text of ["José", "ünïcode-1", "用户", "a\u{1F600}b", "\uD800", "\u007f\u0080"]) {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    expect(fnv1a(text)).toBe(hash);
  }
});
