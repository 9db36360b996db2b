import { hash } from "node:crypto";

/**
 * The id of a user's document: 128 bits of SHA-256 in base64url. A user id of 256 characters may exceed the 512 bytes
 * of a document id.
 */
export function userDocumentId(userId: string): string {
  return Buffer.from(hash("sha256", userId, "binary").slice(0, 16), "latin1").toString("base64url");
}

/** The id of the one document that there is of these: more bits of the same, in as many characters. */
export function documentId(...parts: readonly (string | number)[]): string {
  return hash("sha256", JSON.stringify(parts), "base64url").slice(0, 22);
}
