import { hash } from "node:crypto";
import { fnv1a } from "./hash.ts";

/** One thing that one user did, or that was done to them. */
export interface Action {
  readonly userId: string;
  /** What was done, such as `login` or `purchase`. */
  readonly action: string;
  /** When, in milliseconds since the epoch. */
  readonly time: number;
  /** Whether the business did it to the user (a mail, a push, an invoice, a contact): then it says nothing of their being here. */
  readonly passive?: boolean | undefined;
  /** A number that the action carries, such as money; absent where it carries none. */
  readonly value?: number | undefined;
  /** The sender's own id of this action, unique within `source`. */
  readonly eventId?: string | undefined;
  /** Who sent it: the CloudEvents `source`, or the name of a file. */
  readonly source?: string | undefined;
}

/** Work is split into this many parts, each holding whole users. */
export const bucketCount = 256;

/**
 * The identity of an action, as 22 base64url characters (128 bits of MD5): of its source and event id where it has an
 * event id, else of its content. So a repeated delivery has the identity of its first copy. It tells copies from other
 * actions and guards nothing; MD5 is what DuckDB computes quickly for whole files (docs/decisions/import-identity.md).
 */
export function actionId(action: Action): string {
  return Buffer.from(actionDigest(action), "latin1").toString("base64url");
}

/** The same identity as 16 characters of 8 bits each, for a store that keeps it as bytes. */
export function actionDigest(action: Action): string {
  return hash("md5", identityText(action), "binary");
}

/**
 * What the identity is the hash of. NUL stands in no field that was checked, and the length keeps apart what an id
 * with a NUL in it would run together. Files have the same text made by DuckDB: scripts/log/load/stage.ts.
 */
function identityText({ userId, action, time, value, eventId, source }: Action): string {
  if (eventId !== undefined) return `e\0${Buffer.byteLength(source ?? "")}\0${source ?? ""}\0${eventId}`;
  return `c\0${Buffer.byteLength(userId)}\0${userId}\0${action}\0${time}\0${value === undefined ? "" : doubleText(value)}`;
}

/** A number as DuckDB writes a DOUBLE, which differs from JavaScript's way: `5.0`, `1e-05`, `1e+16`. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0.0";
  if (size >= 1e16 || size < 1e-4) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** The part of the work that a user belongs to: 0 … 255, from a 32-bit FNV-1a hash of the UTF-8 user id. */
export function bucketOf(userId: string): number {
  const hash = fnv1a(userId);
  return ((hash >>> 24) ^ (hash >>> 16) ^ (hash >>> 8) ^ hash) & 0xff;
}
