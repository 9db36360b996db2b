import * as z from "zod";
import { hasRole } from "../columns/role-names.ts";

/** What json_group_structure tells: a type's name, the structure of an array's elements, or of an object's keys. */
export type Structure = string | readonly Structure[] | { readonly [key: string]: Structure };

export const structureSchema: z.ZodType<Structure> = z.lazy(() =>
  z.union([z.string(), z.array(structureSchema), z.record(z.string(), structureSchema)]),
);

export interface Leaf {
  /** The keys with dots between. */
  readonly name: string;
  readonly keys: readonly string[];
}

/** Every path that leads to a text, a number or the like. */
export function leavesOf(structure: Structure, keys: readonly string[] = []): Leaf[] {
  if (typeof structure === "string") return keys.length === 0 ? [] : [{ name: keys.join("."), keys }];
  if (isArray(structure)) return [];
  return Object.entries(structure).flatMap(([key, value]) => leavesOf(value, [...keys, key]));
}

/** Where records are within an object. */
export interface Wrapping {
  /** The keys that lead to what holds them. */
  readonly keys: readonly string[];
  /** An array, or an object that has a record, or an array of records, for each of its keys. */
  readonly kind: "array" | "map" | "map of arrays";
  /** Arrays of objects elsewhere, by the keys that lead to them. */
  readonly others: readonly (readonly string[])[];
}

/**
 * Where the records are, if the objects are no records themselves: if what stands around an array does not name both a user
 * and a time, nor any column of `named`, which the options name. `isOnly` where there is one object: only that may be a map of records.
 */
export function wrappedIn(structure: Structure, named: readonly string[], isOnly: boolean): Wrapping | undefined {
  const names = leavesOf(structure).map(({ name }) => name);
  if (named.some((name) => names.includes(name))) return undefined;
  const [map] = isOnly ? mapsIn(structure, []) : [];
  if (map !== undefined) return map;
  if (hasRole("user", names) && hasRole("time", names)) return undefined;
  const [best, ...others] = arraysIn(structure, []).sort(
    (a, b) => b.leaves - a.leaves || a.keys.length - b.keys.length,
  );
  if (best === undefined || best.leaves <= 1) return undefined;
  return { keys: best.keys, kind: "array", others: others.filter(({ leaves }) => leaves > 1).map(({ keys }) => keys) };
}

/** Objects that have the same kind of record for each key, as databases of documents export a collection. */
function mapsIn(structure: Structure, keys: readonly string[]): Wrapping[] {
  if (typeof structure === "string" || isArray(structure)) return [];
  const entries = Object.values(structure);
  const arrays = entries.flatMap((entry) => (isArray(entry) ? entry : []));
  if (entries.length > 1 && arrays.length === entries.length && areAlike(arrays))
    return [{ keys, kind: "map of arrays", others: [] }];
  if (entries.length > 2 && areAlike(entries)) return [{ keys, kind: "map", others: [] }];
  return Object.entries(structure).flatMap(([key, value]) => mapsIn(value, [...keys, key]));
}

/** Whether all are objects with a time that have half of their fields in common with the first. */
function areAlike(entries: readonly Structure[]): boolean {
  const fields = entries.map((entry) =>
    typeof entry === "string" || isArray(entry) ? [] : leavesOf(entry).map(({ name }) => name),
  );
  const [first = []] = fields;
  const known = new Set(first);
  return (
    hasRole("time", first) &&
    fields.every((own) => own.length > 1 && 2 * own.filter((name) => known.has(name)).length >= own.length)
  );
}

function arraysIn(structure: Structure, keys: readonly string[]): { keys: readonly string[]; leaves: number }[] {
  if (typeof structure === "string") return [];
  if (isArray(structure)) {
    const [element] = structure;
    const leaves = element === undefined || typeof element === "string" ? 0 : leavesOf(element).length;
    return leaves > 0 ? [{ keys, leaves }] : [];
  }
  return Object.entries(structure).flatMap(([key, value]) => arraysIn(value, [...keys, key]));
}

function isArray(structure: Structure): structure is readonly Structure[] {
  return Array.isArray(structure);
}

/** A path as DuckDB takes it: `$."properties"."distinct_id"`. */
export function pathSql(keys: readonly string[]): string {
  return `$${keys.map((key) => `."${key.replaceAll('"', '\\"')}"`).join("")}`;
}
