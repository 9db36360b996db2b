import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { KeyRecord } from "#runtime/access/key-file.ts";
import { readKeyText } from "#runtime/access/key-text.ts";
import { findKey, isValid, makeKey, withRevoked } from "./key-changes.ts";

const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;

function make(name: string, keys: readonly KeyRecord[] = [], expires?: number) {
  return makeKey({ name, roles: ["send", "send", "read"], expires }, keys, { random: randomBytes, now });
}

describe("a new key", () => {
  it("is kept as its id and hash, with what it may do, and not itself", () => {
    const { text, record } = make("shop");
    expect(record).toEqual({
      ...readKeyText(text),
      name: "shop",
      roles: ["send", "read"],
      created: "2026-01-01T00:00:00.000Z",
    });
    expect(JSON.stringify(record)).not.toContain(text.slice(15));
  });

  it("may have the name of another that it is to replace, but not of two", () => {
    const first = make("shop").record;
    const second = make("shop", [first]).record;
    expect(() => make("shop", [first, second])).toThrow(`${first.id} and ${second.id}. Revoke one first`);
    expect(make("other", [first, second]).record.name).toBe("other");
    expect(make("shop", withRevoked([first, second], first.id, now)).record.name).toBe("shop");
  });

  it("is valid until it expires or is revoked", () => {
    const { record } = make("shop", [], now + day);
    expect(isValid(record, now + day - 1)).toBe(true);
    expect(isValid(record, now + day)).toBe(false);
    expect(withRevoked([record], record.id, now).map((key) => isValid(key, now))).toEqual([false]);
  });
});

describe("finding a key to revoke", () => {
  const [a, b, c] = [make("shop").record, make("shop").record, make("desk").record];

  it("takes an id, or a name that is clear", () => {
    expect(findKey(b.id, [a, b, c], now)).toBe(b);
    expect(findKey("desk", [a, b, c], now)).toBe(c);
    expect(findKey("shop", withRevoked([a, b], a.id, now), now)).toBe(b);
  });

  it("refuses a name of two, and what is not there or revoked already", () => {
    expect(() => findKey("shop", [a, b, c], now)).toThrow(`by its id, ${a.id} or ${b.id}`);
    expect(() => findKey("nothing", [a], now)).toThrow("There is no valid key nothing");
    expect(() => findKey(a.id, withRevoked([a], a.id, now), now)).toThrow("no valid key");
  });
});
