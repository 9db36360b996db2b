import type * as z from "zod";

/** The command line asks for something that the command does not do. */
export class WrongUse extends Error {
  override readonly name = "WrongUse";
}

/** Checks what commander read from a command line. Throws WrongUse, with a line for each option that is wrong. */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new WrongUse(parsed.error.issues.map(({ path, message }) => `error: ${flagOf(path)}${message}`).join("\n"));
}

/** `churnDays` as `--churn-days `; nothing for a rule about several options, whose message names them. */
function flagOf([key]: readonly PropertyKey[]): string {
  if (key === undefined) return "";
  return `--${String(key).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} `;
}
