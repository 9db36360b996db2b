import type { Day } from "#churn/day.ts";
import { isLonger, textLimits } from "#churn/intake/text.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { isSilent } from "#churn/population.ts";
import { readActions } from "./actions-instance.ts";
import type { NewVector } from "./vectors.ts";

/** What one instance of a V1 request asks for. */
export type Instance =
  | { readonly kind: "vector"; readonly userId?: string | undefined; readonly values: Float64Array }
  | { readonly kind: "stored"; readonly userId: string }
  | { readonly kind: "lapsed"; readonly userId?: string | undefined; readonly since?: Day | undefined }
  | { readonly kind: "invalid"; readonly userId?: string | undefined; readonly error: string };

/** Longest user id that ingest takes, in Unicode code points. */
const longestUserId = textLimits.user_id;
const fields = new Set(["user_id", "features", "actions", "at"]);

/**
 * Reads a bare vector in the model's order, `{features}`, `{actions, at?}`, or the `{user_id}` of a stored user. With
 * features or actions a user_id is only a label, which the prediction repeats. Checked by hand and not by a schema,
 * because this is the hot path and the numbers are copied into a vector anyway.
 */
export function parseInstance(
  instance: unknown,
  manifest: ModelManifest,
  now: number,
  newVector: NewVector = (length) => new Float64Array(length),
): Instance {
  if (Array.isArray(instance)) return withValues(undefined, vectorOf(instance, manifest, newVector), manifest);
  if (!isObject(instance)) return { kind: "invalid", error: "An instance must be an object or a vector of numbers." };
  const { features, actions, at } = instance;
  const userId = userIdOf(instance.user_id);
  if (userId === undefined && instance.user_id !== undefined) {
    return { kind: "invalid", error: `user_id must be a string of 1 to ${longestUserId} characters.` };
  }
  const unknown = Object.keys(instance).filter((name) => !fields.has(name));
  if (unknown.length > 0) {
    return { kind: "invalid", userId, error: `An instance has no field ${listed(unknown)}.` };
  }
  if (features !== undefined && actions !== undefined) {
    return { kind: "invalid", userId, error: "Give either features or actions, not both." };
  }
  if (at !== undefined && actions === undefined) {
    return { kind: "invalid", userId, error: "at goes with actions only." };
  }
  if (features !== undefined) return withValues(userId, namedVector(features, manifest, newVector), manifest);
  if (actions !== undefined) return { userId, ...readActions({ actions, at }, manifest, now) };
  if (userId !== undefined) return { kind: "stored", userId };
  return { kind: "invalid", error: "An instance needs user_id, features or actions." };
}

/** The first few of a list of names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** Whether a vector is of a user who has lapsed: a model knows nothing of such a one. */
export function isOfLapsed(values: Float64Array, { features, definition }: ModelManifest): boolean {
  return isSilent(values[features.indexOf("days_since_last")] ?? 0, definition.churn);
}

function withValues(userId: string | undefined, values: Float64Array | string, manifest: ModelManifest): Instance {
  if (typeof values === "string") return { kind: "invalid", userId, error: values };
  return isOfLapsed(values, manifest) ? { kind: "lapsed", userId } : { kind: "vector", userId, values };
}

function vectorOf(
  instance: readonly unknown[],
  { version, features }: ModelManifest,
  newVector: NewVector,
): Float64Array | string {
  if (instance.length !== features.length) {
    return `The vector has ${instance.length} values; version ${version} takes ${features.length}.`;
  }
  const values = newVector(features.length);
  for (let j = 0; j < features.length; j++) {
    const value = instance[j];
    if (!isNumber(value)) return `Value ${j} of the vector, ${features[j]}, is not a finite number.`;
    values[j] = value;
  }
  return values;
}

function namedVector(named: unknown, { features }: ModelManifest, newVector: NewVector): Float64Array | string {
  if (!isObject(named)) return "features must be an object of numbers by name.";
  const values = newVector(features.length);
  let found = 0;
  const wrong: string[] = [];
  for (const [j, name] of features.entries()) {
    const value = named[name];
    if (value !== undefined) found += 1;
    if (isNumber(value)) values[j] = value;
    else wrong.push(name);
  }
  const unknown = Object.keys(named).length > found;
  return wrong.length > 0 || unknown ? faultsOf(named, features, wrong) : values;
}

function faultsOf(named: Readonly<Record<string, unknown>>, features: readonly string[], wrong: string[]): string {
  const known = new Set(features);
  const faults = [
    ["missing", wrong.filter((name) => named[name] === undefined)],
    ["not a finite number", wrong.filter((name) => named[name] !== undefined)],
    ["not of this model", Object.keys(named).filter((name) => !known.has(name))],
  ] as const;
  const told = faults.filter(([, names]) => names.length > 0).map(([fault, names]) => `${fault}: ${listed(names)}`);
  return `features: ${told.join("; ")}.`;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Ids are often numbers; ingest takes them as text too. */
function userIdOf(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === "string" && text.length > 0 && !isLonger(text, longestUserId) ? text : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
