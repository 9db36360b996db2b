import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { isObject, mostKeys, pathSql, type Structure, structureSchema } from "./json-structure.ts";
import { sampleRows } from "./sample.ts";

/** SQL for texts as `l`, and for what is wrong with one, NULL where nothing is. */
interface Texts {
  readonly sql: string;
  readonly fault: string;
}

/**
 * What objects of JSON hold, by all of them: the structure of the first, and of those that have further keys. To look at the
 * keys alone takes a tenth of the time that the structure of every object would.
 */
export async function structureOf({ sql, fault }: Texts, scratch: Scratch): Promise<Found> {
  const objects = `SELECT l FROM ${sql} WHERE (${fault}) IS NULL AND json_valid(l) AND starts_with(ltrim(l), '{')`;
  let structure = await structureIn(objects, scratch);
  let repeatsKeys = false;
  for (let pass = 0; pass < mostPasses; pass++) {
    const { unknown, isRepeated } = await unknownKeys(objects, structure, scratch);
    repeatsKeys ||= isRepeated;
    if (unknown.length === 0) break;
    const has = unknown.map(
      ({ path, keys }) => `list_has_any(json_keys(l, ${literal(pathSql(path))}), [${keys.map(literal).join(", ")}])`,
    );
    structure = merged(structure, await structureIn(`${objects} AND (${has.join(" OR ")})`, scratch));
  }
  return { structure, repeatsKeys };
}

interface Found {
  readonly structure: Structure;
  /** Whether an object has a key of its own more than once. */
  readonly repeatsKeys: boolean;
}

/** Each makes known the keys of thousands of objects; of more kinds than that there are only maps. */
const mostPasses = 4;

async function structureIn(objects: string, scratch: Scratch): Promise<Structure> {
  const [text] = await scratch.row(
    `SELECT json_group_structure(l::JSON)::VARCHAR FROM (${objects} LIMIT ${sampleRows})`,
    z.tuple([z.string().nullable()]),
  );
  return structureSchema.parse(JSON.parse(text ?? "{}"));
}

interface Keys {
  readonly path: readonly string[];
  readonly keys: readonly string[];
}

/** Keys of objects that the structure does not have, and whether one of an object itself occurs more than once in it. */
async function unknownKeys(
  objects: string,
  structure: Structure,
  scratch: Scratch,
): Promise<{ readonly unknown: Keys[]; readonly isRepeated: boolean }> {
  const known = objectsIn(structure, []);
  if (known.length === 0) return { unknown: [], isRepeated: false };
  const lists = `json_keys(l, [${known.map(({ path }) => literal(pathSql(path))).join(", ")}])`;
  const rows = await scratch.rows(
    `SELECT DISTINCT unnest(keys) AS key, place, list_unique(keys) < len(keys) AS repeated FROM (
       SELECT unnest(lists) AS keys, unnest(range(len(lists)))::DOUBLE AS place FROM (SELECT DISTINCT ${lists} AS lists FROM (${objects})))`,
    z.tuple([z.string(), z.number(), z.boolean()]),
  );
  const isRepeated = rows.some(([, place, repeated]) => repeated && known[place]?.path.length === 0);
  const unknown = known.flatMap(({ path, keys }, place) => {
    const further = rows.filter(([key, own]) => own === place && !keys.includes(key)).map(([key]) => key);
    return further.length === 0 ? [] : [{ path, keys: further.slice(0, mostKeys) }];
  });
  return { unknown, isRepeated };
}

/** Every object in the structure, with its keys; maps and what is in arrays are left out. */
function objectsIn(structure: Structure, path: readonly string[]): Keys[] {
  if (!isObject(structure)) return [];
  const keys = Object.keys(structure);
  if (keys.length > mostKeys) return [];
  return [{ path, keys }, ...keys.flatMap((key) => objectsIn(structure[key] ?? "NULL", [...path, key]))];
}

function merged(one: Structure, other: Structure): Structure {
  if (!isObject(one)) return isObject(other) ? other : one;
  if (!isObject(other)) return one;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(keys.map((key) => [key, merged(one[key] ?? "NULL", other[key] ?? "NULL")]));
}
