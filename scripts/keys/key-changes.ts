import { InvalidInput } from "#churn/failure.ts";
import type { Role } from "#runtime/access/access.ts";
import type { KeyRecord } from "#runtime/access/key-file.ts";
import { newKeyText, readKeyText } from "#runtime/access/key-text.ts";

export interface NewKey {
  readonly name: string;
  readonly roles: readonly Role[];
  /** In milliseconds since the epoch; undefined for a key that does not expire. */
  readonly expires: number | undefined;
}

/** One key in use, and one that takes its place. */
const mostValid = 2;

/**
 * A new key: its text, which is shown once, and what is kept of it. Throws InvalidInput if two keys of the name are valid.
 */
export function makeKey(
  { name, roles, expires }: NewKey,
  keys: readonly KeyRecord[],
  { random, now }: { random: (bytes: number) => Uint8Array; now: number },
): { text: string; record: KeyRecord } {
  const valid = keys.filter((key) => key.name === name && isValid(key, now));
  if (valid.length >= mostValid)
    throw new InvalidInput(
      `${mostValid} keys named ${name} are valid: ${valid.map(({ id }) => id).join(" and ")}. Revoke one first.`,
    );
  const text = newKeyText(random);
  const read = readKeyText(text);
  if (read === undefined || keys.some(({ id }) => id === read.id)) throw new Error("A key was made that cannot be.");
  const record = {
    ...read,
    name,
    roles: [...new Set(roles)],
    created: new Date(now).toISOString(),
    ...(expires !== undefined && { expires: new Date(expires).toISOString() }),
  };
  return { text, record };
}

/** The valid key with this id, or the only one of this name. Throws InvalidInput if that is none, or several. */
export function findKey(which: string, keys: readonly KeyRecord[], now: number): KeyRecord {
  const valid = keys.filter((key) => isValid(key, now));
  const found = valid.filter(({ id, name }) => id === which || name === which);
  const [key, ...others] = found;
  if (key === undefined) throw new InvalidInput(`There is no valid key ${which}; lapse keys list shows them.`);
  if (others.length > 0)
    throw new InvalidInput(
      `${found.length} keys are named ${which}: name one by its id, ${found.map(({ id }) => id).join(" or ")}.`,
    );
  return key;
}

/** The keys with one of them revoked from now on. */
export function withRevoked(keys: readonly KeyRecord[], id: string, now: number): readonly KeyRecord[] {
  return keys.map((key) => (key.id === id ? { ...key, revoked: new Date(now).toISOString() } : key));
}

/** Whether a key is neither revoked nor expired. */
export function isValid({ revoked, expires }: KeyRecord, now: number): boolean {
  return revoked === undefined && (expires === undefined || Date.parse(expires) > now);
}
