import { readFile } from "node:fs/promises";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { jsonText } from "#churn/json-text.ts";
import { roles } from "./access.ts";

const time = z.iso.datetime();

/** What is kept of a key. */
export const keyRecord = z.object({
  id: z.string().regex(/^[0-9A-Za-z]{8}$/),
  /** What it is for; two keys have the same name while one takes the other's place. */
  name: z.string().min(1).max(100),
  roles: z.array(z.enum(roles)).min(1),
  /** SHA-256 of the key's text, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: time,
  expires: time.optional(),
  revoked: time.optional(),
});

export type KeyRecord = z.infer<typeof keyRecord>;

/** The file of keys, `keys.json`, as `lapse keys` writes it and functions read it. */
export const keyFile = z.object({ keys: z.array(keyRecord) });

/** Reads a file of keys; undefined if absent. Throws InvalidInput if it cannot be read or is not what lapse writes. */
export async function readKeyFile(path: string): Promise<readonly KeyRecord[] | undefined> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new InvalidInput(`Cannot read the keys in ${path}.`, { cause });
  });
  if (text === undefined) return undefined;
  const parsed = jsonText(keyFile).safeParse(text);
  if (parsed.success) return parsed.data.keys;
  throw new InvalidInput(`The keys in ${path} are damaged.`, { cause: parsed.error });
}
