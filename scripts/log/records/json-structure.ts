import * as z from "zod";
import { hasRole } from "#churn/intake/role-names.ts";
import { isTimeName } from "../reading/time-name.ts";

/** What json_group_structure tells: a type's name, the structure of an array's elements, or of an object's keys. */
export type Structure = string | readonly Structure[] | { readonly [key: string]: Structure };

export const structureSchema: z.ZodType<Structure> = z.lazy(() =>
  z.union([z.string(), z.array(structureSchema), z.record(z.string(), structureSchema)]),
);

/** An object with more keys than this is a map: its keys are ids, and no names of columns. */
export const mostKeys = 200;

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
  /**
   * An array, of objects or of rows of a table, or an object that has a record, or an array of records, for each of its keys. Of a
   * "nested" array, a record is an element with what stands around the array.
   */
  readonly kind: "array" | "nested" | "table" | "map" | "map of arrays";
  /** Arrays and maps of objects elsewhere, by the keys that lead to them. */
  readonly others: readonly (readonly string[])[];
}

/** The column that has the key under which a record stands in a map. */
export const keyName = "_key";

/** What may hold the records. */
interface Candidate extends Omit<Wrapping, "others"> {
  /** The fields of its records. */
  readonly names: readonly string[];
  /** Whether an element of an array has further arrays, beside its fields. */
  readonly hasArrays?: boolean;
}

/**
 * Where the records are, if the objects are no records themselves: if what stands around an array does not name both a user
 * and a time, nor any column of `named`, which the options name. `isOnly` where there is one object: only that may be a map of records.
 * `tables` are those whose rows are arrays.
 */
export function wrappedIn(
  structure: Structure,
  named: readonly string[],
  isOnly: boolean,
  tables: readonly Pick<Candidate, "keys" | "names">[],
): Wrapping | undefined {
  const names = leavesOf(structure).map(({ name }) => name);
  if (named.some((name) => names.includes(name))) return undefined;
  const maps = isOnly ? mapsIn(structure, []) : [];
  if (maps.length === 0 && isRecord(names)) return undefined;
  // An array within the records of a map is a part of them.
  const arrays = arraysIn(structure, []).filter(({ keys }) => !maps.some((map) => startsWith(keys, map.keys)));
  const mayBeRecord = hasRole("user", names) && names.some(isTimeName);
  if (mayBeRecord && ![...maps, ...arrays, ...tables].some((candidate) => isRecord(candidate.names))) return undefined;
  // Users, too, have a mail address and the time when they were created: of two, the one with more of what an action has.
  const rank = ({ kind, names }: Candidate) => [
    Number(named.some((name) => names.includes(name))),
    Number(isRecord(names)) * (1 + Number(hasRole("action", names))),
    // A collection is told by its shape, which an array is not: that must name what an action needs.
    Number((kind === "array" || kind === "table") === isRecord(names)),
    names.length,
  ];
  const rows = tables.map(({ keys, names }) => ({ keys, names, kind: "table" as const }));
  const [best, ...others] = [
    ...arrays.filter(({ names, hasArrays }) => names.length > 1 || (hasArrays && names.length > 0)),
    ...rows,
    ...maps,
  ].sort((a, b) => compare(rank(b), rank(a)) || a.keys.length - b.keys.length);
  return best && { keys: best.keys, kind: best.kind, others: others.map(({ keys }) => keys) };
}

/**
 * The array within the objects of which each element is a record together with what stands around it, as where users have an array of
 * their events: one of `named` is a path into it, or the user is named around it, the time in it, and neither in both.
 */
export function nestedIn(structure: Structure, named: readonly string[]): Wrapping | undefined {
  const around = leavesOf(structure).map(({ name }) => name);
  const arrays = arraysIn(structure, []).filter(({ names }) => names.length > 0);
  const isNamed = ({ keys, names }: Candidate) => names.some((name) => named.includes([...keys, name].join(".")));
  const hasUser = hasRole("user", around) || named.some((name) => around.includes(name));
  // Of two times of which only one has the name of an action's, that is it: what was sent together may say when.
  const isTime = (names: readonly string[]) =>
    hasRole("time", names) || (!around.some(isTimeName) && names.some(isTimeName));
  const isOnlyHere = ({ names }: Candidate) =>
    hasUser &&
    !hasRole("time", around) &&
    isTime(names) &&
    !hasRole("user", names) &&
    // A field of the element by itself is of a record that stands alone.
    !names.some((name) => named.includes(name));
  const found = arrays.find(isNamed) ?? arrays.find(isOnlyHere);
  return (
    found && { keys: found.keys, kind: "nested", others: arrays.filter((one) => one !== found).map(({ keys }) => keys) }
  );
}

/** What is said of arrays within records that may be the actions themselves, and what to do then: of an array and a time in it. */
export function untakenNotes(structure: Structure, remedy: (array: string, time: string) => string): string[] {
  return arraysIn(structure, []).flatMap(({ keys, names }) => {
    const time = names.find(isTimeName);
    const [place, path] = [keys.join("."), [...keys, time].join(".")];
    if (time === undefined || names.length < 2) return [];
    return [`The arrays "${place}" within the records are not read. If they hold the actions, ${remedy(place, path)}.`];
  });
}

/** Whether fields of these names tell who and when. */
export function isRecord(names: readonly string[]): boolean {
  return hasRole("user", names) && hasRole("time", names);
}

function startsWith(keys: readonly string[], start: readonly string[]): boolean {
  return start.every((key, at) => keys[at] === key);
}

/** By the first of the numbers in which two differ. */
function compare(one: readonly number[], other: readonly number[]): number {
  return one.map((number, at) => number - (other[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Objects that have the same kind of record for each key, as databases of documents export a collection. */
function mapsIn(structure: Structure, keys: readonly string[]): Candidate[] {
  if (typeof structure === "string" || isArray(structure)) return [];
  const entries = Object.values(structure);
  const arrays = entries.flatMap((entry) => (isArray(entry) ? entry : []));
  const names = (records: readonly Structure[]) => [keyName, ...fieldsOf(records[0])];
  if (entries.length > 1 && arrays.length === entries.length && areAlike(arrays))
    return [{ keys, kind: "map of arrays", names: names(arrays) }];
  if (entries.length > 2 && areAlike(entries)) return [{ keys, kind: "map", names: names(entries) }];
  return Object.entries(structure).flatMap(([key, value]) => mapsIn(value, [...keys, key]));
}

/** Whether all are objects with a time that have half of their fields in common with the first. */
function areAlike(entries: readonly Structure[]): boolean {
  const fields = entries.map(fieldsOf);
  const [first = []] = fields;
  const known = new Set(first);
  return (
    hasRole("time", first) &&
    fields.every((own) => own.length > 1 && 2 * own.filter((name) => known.has(name)).length >= own.length)
  );
}

function arraysIn(structure: Structure, keys: readonly string[]): Candidate[] {
  if (typeof structure === "string") return [];
  if (isArray(structure))
    return [
      {
        keys,
        kind: "array",
        names: fieldsOf(structure[0]),
        hasArrays: arraysIn(structure[0] ?? "NULL", []).length > 0,
      },
    ];
  return Object.entries(structure).flatMap(([key, value]) => arraysIn(value, [...keys, key]));
}

/** The fields of an object; none of anything else. */
function fieldsOf(structure: Structure | undefined): string[] {
  return structure === undefined || isArray(structure) ? [] : leavesOf(structure).map(({ name }) => name);
}

export function isObject(structure: Structure | undefined): structure is { readonly [key: string]: Structure } {
  return typeof structure === "object" && !isArray(structure);
}

export function isArray(structure: Structure): structure is readonly Structure[] {
  return Array.isArray(structure);
}

/** A path as DuckDB takes it: `$."properties"."distinct_id"`. */
export function pathSql(keys: readonly string[]): string {
  return `$${keys.map((key) => `."${key.replaceAll('"', '\\"')}"`).join("")}`;
}
