import fc from "fast-check";
import type { JsonSchema } from "#runtime/openapi/json-schema.ts";

type Schema = JsonSchema | boolean;

/** Values that a JSON schema allows, as far as lapse's own schemas go; `known` are values of properties by their names. */
export function arbitraryOf(
  schema: Schema,
  known: Readonly<Record<string, readonly unknown[]>> = {},
): fc.Arbitrary<unknown> {
  if (typeof schema === "boolean") return fc.jsonValue({ maxDepth: 2 });
  const { anyOf, const: only, enum: values, type, items, properties, required = [], additionalProperties } = schema;
  if (only !== undefined) return fc.constant(only);
  if (values !== undefined) return fc.constantFrom(...values);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => arbitraryOf(one, known)));
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => arbitraryOf({ ...schema, type: one }, known)));
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: limited(schema.minimum, -1_000), max: limited(schema.maximum, 1_000) });
    case "number":
      return fc.double({
        min: schema.minimum ?? -1_000,
        max: schema.maximum ?? Math.max(1_000, (schema.minimum ?? 0) * 2),
        noNaN: true,
        noDefaultInfinity: true,
      });
    case "string":
      return stringOf(schema);
    case "array": {
      const item = Array.isArray(items) || items === undefined ? {} : items;
      return fc.array(arbitraryOf(item, known), {
        minLength: schema.minItems ?? 0,
        maxLength: (schema.minItems ?? 0) + 3,
      });
    }
    case "object": {
      const members = Object.entries(properties ?? {}).map(([name, member]) => {
        const values = known[name];
        return [name, values === undefined ? arbitraryOf(member, known) : fc.constantFrom(...values)] as const;
      });
      const record = fc.record(Object.fromEntries(members), {
        requiredKeys: required.filter((name) => name in (properties ?? {})),
      });
      const isOpen = properties === undefined && additionalProperties !== undefined && additionalProperties !== false;
      return isOpen
        ? fc.dictionary(matching("^[a-z]{1,8}$"), arbitraryOf(additionalProperties, known), { maxKeys: 3 })
        : record;
    }
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Texts of letters: which other texts mean that there is nothing is not a matter of schemas. */
function stringOf({ format, pattern, maxLength = 20 }: JsonSchema): fc.Arbitrary<string> {
  if (format === "date-time")
    return fc
      .date({ min: new Date(Date.now() - 1e9), max: new Date(), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === "date")
    return fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  if (format === "base64")
    return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("base64"));
  if (pattern !== undefined) return matching(pattern);
  return matching("^u[a-z0-9]{1,10}$").map((text) => text.slice(0, maxLength));
}

const ofPatterns = new Map<string, fc.Arbitrary<string>>();

/** Texts of a pattern. Schemas have the same few many times, and to make one takes fast-check milliseconds. */
function matching(pattern: string): fc.Arbitrary<string> {
  const made = ofPatterns.get(pattern) ?? fc.stringMatching(new RegExp(pattern));
  ofPatterns.set(pattern, made);
  return made;
}

function limited(limit: number | undefined, otherwise: number): number {
  return limit === undefined || Math.abs(limit) > 1_000 ? otherwise : limit;
}

/** The same values with one part replaced by something else or taken out: mostly what their schema does not allow. */
export function spoiled(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const others: readonly unknown[] = [
    null,
    true,
    {},
    [],
    [{}],
    -1.5,
    1e300,
    "",
    "\u0000",
    "x".repeat(3_000),
    { toString: 1 },
  ];
  return fc.tuple(values, fc.nat(), fc.constantFrom<unknown>("take out", ...others)).map(([value, place, other]) => {
    const paths = pathsIn(value);
    return replaced(value, paths[place % paths.length] ?? [], other);
  });
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((one, i) => pathsIn(one, [...path, i]))];
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, one]) => pathsIn(one, [...path, name]))];
}

function replaced(value: unknown, [head, ...rest]: Path, other: unknown): unknown {
  if (head === undefined) return other === "take out" ? null : other;
  if (Array.isArray(value)) return value.map((one, i) => (i === head ? replaced(one, rest, other) : one));
  const members = Object.entries(typeof value === "object" && value !== null ? value : {});
  const isTakenOut = rest.length === 0 && other === "take out";
  return Object.fromEntries(
    members.flatMap(([name, one]) =>
      name !== head ? [[name, one]] : isTakenOut ? [] : [[name, replaced(one, rest, other)]],
    ),
  );
}
