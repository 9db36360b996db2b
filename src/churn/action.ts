import { hash } from "node:crypto";
import { fnv1a } from "./hash.ts";

/** One thing that one user did. */
export interface Action {
  readonly userId: string;
  /** What was done, such as `login` or `purchase`. */
  readonly action: string;
  /** When, in milliseconds since the epoch. */
  readonly time: number;
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
 * The identity of an action, as 22 base64url characters (128 bits of SHA-256): of its source and event id where it
 * has an event id, else of its content. So a repeated delivery has the identity of its first copy.
 */
export function actionId(action: Action): string {
  return Buffer.from(actionDigest(action), "latin1").toString("base64url");
}

/** The same identity as 16 characters of 8 bits each, for a store that keeps it as bytes. */
export function actionDigest(action: Action): string {
  // The length keeps apart what an id with a NUL in it would run together. hash() is twice as fast as createHash().
  const identity =
    action.eventId === undefined
      ? `c\0${action.userId.length}\0${action.userId}\0${action.action}\0${action.time}\0${action.value ?? ""}`
      : `e\0${action.source?.length ?? 0}\0${action.source ?? ""}\0${action.eventId}`;
  return hash("sha256", identity, "binary").slice(0, 16);
}

/** The part of the work that a user belongs to: 0 … 255, from a 32-bit FNV-1a hash of the UTF-8 user id. */
export function bucketOf(userId: string): number {
  const hash = fnv1a(userId);
  return ((hash >>> 24) ^ (hash >>> 16) ^ (hash >>> 8) ^ hash) & 0xff;
}
