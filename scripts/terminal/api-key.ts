import * as z from "zod";

/** The key that a command shows to a running lapse that asks for one. */
export const apiKeySetting = { LAPSE_API_KEY: z.string().optional() };

/** Headers that show a key, or a token; none without one. */
export function showing(key: string | undefined): Readonly<Record<string, string>> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}
