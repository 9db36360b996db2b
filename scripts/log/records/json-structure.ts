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

/**
 * The keys that lead to an array of records, where the objects are no records themselves: where what stands around
 * the array does not name both a user and a time, nor any column of `named`, which the options name.
 */
export function wrappedIn(structure: Structure, named: readonly string[]): readonly string[] | undefined {
  const names = leavesOf(structure).map(({ name }) => name);
  if (named.some((name) => names.includes(name))) return undefined;
  if (hasRole("user", names) && hasRole("time", names)) return undefined;
  const [best] = arraysIn(structure, []).sort((a, b) => b.leaves - a.leaves || a.keys.length - b.keys.length);
  return best !== undefined && best.leaves > 1 ? best.keys : undefined;
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
