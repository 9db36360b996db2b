import type * as z from "zod";

/** Every setting that is wrong, by the name of its variable and never with its value, which may be a secret. */
export class ConfigFault extends Error {
  override readonly name = "ConfigFault";

  constructor(faults: readonly string[]) {
    super(["The settings are not usable:", ...faults.map((fault) => `  ${fault}`)].join("\n"));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Parses settings from environment variables; an empty one counts as not set. Throws ConfigFault with all faults. */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, env: Environment): z.infer<Schema> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new ConfigFault(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`));
}

/** `parseConfig` for an entry file: prints the faults and ends the process with status 1 when there are any. */
export function loadConfig<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
  try {
    return parseConfig(schema, process.env);
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
