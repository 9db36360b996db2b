import type * as z from "zod";

/** Every setting that is wrong, by the name of its variable and never with its value, which may be a secret. */
export class ConfigFault extends Error {
  override readonly name = "ConfigFault";
  /** Each begins with the variable's name. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(["The settings are not usable:", ...faults.map((fault) => `  ${fault}`)].join("\n"));
    this.faults = faults;
  }
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Parses settings from environment variables; an empty one counts as not set. Throws ConfigFault with all faults. */
export function parseConfig<Settings>(schema: z.ZodType<Settings>, env: Environment): Settings {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  // Zod would compile a parser for a schema that is used once.
  const parsed = schema.safeParse(set, { jitless: true });
  if (parsed.success) return parsed.data;
  throw new ConfigFault(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`));
}

/** `parseConfig` for an entry file: prints the faults and ends the process with status 1 when there are any. */
export function loadConfig<Settings>(schema: z.ZodType<Settings>): Settings {
  return orExit(() => parseConfig(schema, process.env));
}

/** What `configure` returns; prints the faults of settings that it throws, and ends the process with status 1. */
export function orExit<Result>(configure: () => Result): Result {
  try {
    return configure();
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
