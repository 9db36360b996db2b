import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyPattern, newKeyText, readKeyText } from "./key-text.ts";

describe("the text of a key", () => {
  it("can be told from other secrets, and is read back", () => {
    const text = newKeyText(randomBytes);
    expect(text).toMatch(keyPattern);
    expect(readKeyText(text)).toEqual({
      id: text.slice(6, 14),
      hash: createHash("sha256").update(text).digest("hex"),
    });
  });

  it("is never the same twice, and uses every character about as often", () => {
    const texts = Array.from({ length: 2_000 }, () => newKeyText(randomBytes));
    expect(new Set(texts).size).toBe(texts.length);
    const counts = new Map<string, number>();
    for (const character of texts.map((text) => text.slice(15, 47)).join(""))
      counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    const expected = (2_000 * 32) / 62;
    // Six standard deviations of a count: with a plain remainder the first eight characters would be 25 % more frequent.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it("is known to be wrong when one character is", () => {
    const text = newKeyText(randomBytes);
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === "x" ? "y" : "x";
      expect(readKeyText(text.slice(0, i) + other + text.slice(i + 1))).toBeUndefined();
    }
  });

  it.each(["", "lapse_", "Bearer x", `${newKeyText(randomBytes)} `, newKeyText(randomBytes).slice(0, -1)])(
    "is not %j",
    (text) => {
      expect(readKeyText(text)).toBeUndefined();
    },
  );
});
