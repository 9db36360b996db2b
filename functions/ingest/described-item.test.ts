import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAbsent } from "#churn/intake/text.ts";
import { jsonSchemaOf } from "#runtime/openapi/json-schema.ts";
import { arbitraryOf, spoiled } from "#test/support/arbitrary-json.ts";
import { hardTexts } from "#test/support/hard-texts.ts";
import { schemaCheck } from "#test/support/schema-check.ts";
import { describedItem } from "./api.ts";
import { parseItem } from "./item.ts";

const now = Date.UTC(2026, 10, 26);
const schema = jsonSchemaOf(describedItem, "input");
const allows = schemaCheck(schema);
const texts = ["user_id", "action", "event_id", "source"] as const;

type Item = Record<string, unknown>;

/** Items as described but for one or the other text or time, which is any at all. */
const items = fc
  .tuple(
    fc.oneof(arbitraryOf(schema), spoiled(arbitraryOf(schema))),
    fc.dictionary(fc.constantFrom(...texts, "timestamp", "passive", "value"), hardTexts(), { maxKeys: 2 }),
  )
  .map(([item, changes]): unknown => (isItem(item) ? { ...item, ...changes } : item));

function isItem(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isTaken = (item: unknown) => "userId" in parseItem(item, now);

/** What the description says in words: of texts, and of times. */
function isRuledOutByWords(item: Item): boolean {
  const isNoText = (value: unknown) =>
    typeof value === "string" && (isAbsent(value.trim()) || /[\p{Cc}\p{Cs}\uFFFD]/u.test(value.trim()));
  const { timestamp } = item;
  const time =
    typeof timestamp === "number" ? timestamp * (timestamp < 1e11 ? 1_000 : 1) : Date.parse(String(timestamp));
  // An id and its source may be absent.
  const isOptional = (name: string, value: unknown) =>
    !["user_id", "action"].includes(name) && isAbsent(String(value).trim());
  return (
    texts.some((name) => isNoText(item[name]) && !isOptional(name, item[name])) ||
    !(time >= 86_400_000 && time <= now + 86_400_000)
  );
}

/** The item with what is taken beyond the description put as the description has it: blanks around texts, other forms of times and flags. */
function asDescribed(item: Item): Item {
  const put = { ...item };
  for (const name of texts) {
    const value = item[name];
    if (typeof value === "string") put[name] = isAbsent(value.trim()) ? undefined : value.trim();
  }
  if (typeof item.timestamp === "string" || typeof item.timestamp === "number") put.timestamp = now;
  if (typeof item.passive === "string" || typeof item.passive === "number") put.passive = true;
  return put;
}

describe("the description of an item in /openapi.json, over generated items,", () => {
  it("allows nothing that is refused, but for what it says in words", () => {
    let allowed = 0;
    fc.assert(
      fc.property(items, (item) => {
        if (!allows(item) || !isItem(item) || isRuledOutByWords(item)) return;
        allowed += 1;
        expect(isTaken(item), JSON.stringify(item)).toBe(true);
      }),
      { seed: 20261126, numRuns: 3_000 },
    );
    expect(allowed).toBeGreaterThan(500);
  });

  it("forbids nothing that is taken, but for other ways to write the same", () => {
    let forbidden = 0;
    fc.assert(
      fc.property(items, (item) => {
        if (allows(item)) return;
        forbidden += 1;
        if (isTaken(item)) expect(isItem(item) && allows(asDescribed(item)), JSON.stringify(item)).toBe(true);
      }),
      { seed: 20261126, numRuns: 3_000 },
    );
    expect(forbidden).toBeGreaterThan(500);
  });
});
