import * as z from "zod";
import { parseDay, startOf } from "#churn/day.ts";
import { type ChurnSettings, faultOfActions } from "#churn/definition.ts";
import { parsePassive } from "#churn/passive.ts";
import type { Environment } from "./config.ts";
import { traceSettings } from "./tracing/trace-settings.ts";
import { webUrl } from "./web-url.ts";

/** A whole number written in decimal digits. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}.`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.int().min(min, error).max(max, error));
}

/** What is taken in, over HTTP and from files. */
export const intakeSettings = {
  /** Actions and contacts before this day are rejected, because each month takes an index of its own; ten years ago by default. */
  OLDEST_ACTION: z
    .string()
    .transform((text, context): number => {
      const day = parseDay(text);
      if (day !== undefined) return startOf(day);
      context.addIssue("must be a date, such as 2015-01-01.");
      return z.NEVER;
    })
    .optional(),
};

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** What every server needs. */
export const serverSettings = {
  PORT: wholeNumber(0, 65535).default(8080),
  /** A port for /metrics alone, so that it is not on the one that a gateway makes public; PORT without it. */
  METRICS_PORT: wholeNumber(0, 65535).optional(),
  LOG_LEVEL: z.enum(levels, { error: `must be one of ${levels.join(", ")}.` }).default("info"),
  /** How long requests in flight may take to end once the process is told to stop. */
  DRAIN_SECONDS: wholeNumber(0, 3600).default(25),
  ...traceSettings,
};

/** For functions that events come to. */
export const deadLetterSettings = {
  /** The most letters that are kept; the log warns from four fifths of it on. */
  DEAD_LETTERS_LIMIT: wholeNumber(1, 10_000_000).default(10_000),
};

/** For functions that scale to zero, which no Prometheus would find running. */
export const pushSettings = {
  /** The Pushgateway that takes their metrics after each event; without it they are only there to be scraped. */
  PUSHGATEWAY_URL: webUrl.optional(),
};

/** The churn definition; the length of the log decides on OBSERVE_DAYS unless it is set. Take `withChurnRules` for a schema that has it. */
export const churnSettings = {
  CHURN_DAYS: wholeNumber(1, 3650).default(30),
  LEAD_DAYS: wholeNumber(0, 3650).default(0),
  OBSERVE_DAYS: wholeNumber(1, 36500).optional(),
  /** What leaving is, instead of silence. */
  CHURN_ACTION: z.string().trim().optional(),
  /** What takes a user back who has left by CHURN_ACTION. */
  RETURN_ACTION: z.string().trim().optional(),
  /** Actions of the business, by name, in which `*` stands for any text: `email_*,push_*`. */
  PASSIVE_ACTIONS: z.string().transform(parsePassive).optional(),
};

const churnSettingsSchema = z.object(churnSettings);

export function churnSettingsOf(settings: z.infer<typeof churnSettingsSchema>): ChurnSettings {
  return {
    churnDays: settings.CHURN_DAYS,
    leadDays: settings.LEAD_DAYS,
    observeDays: settings.OBSERVE_DAYS,
    action: settings.CHURN_ACTION,
    returnAction: settings.RETURN_ACTION,
    passive: settings.PASSIVE_ACTIONS,
  };
}

const churnActions = { action: "CHURN_ACTION", returnAction: "RETURN_ACTION" } as const;

/** Adds what must hold between the settings of the churn definition. */
export function withChurnRules<Schema extends z.ZodType<z.infer<typeof churnSettingsSchema>>>(schema: Schema): Schema {
  return schema.superRefine((settings, context) => {
    const found = faultOfActions(churnSettingsOf(settings));
    if (found !== undefined) context.addIssue({ code: "custom", path: [churnActions[found.of]], message: found.fault });
  });
}

/** The same as environment variables, for functions that run in a process where it was chosen otherwise. */
export function churnEnvironment(churn: ChurnSettings): Environment {
  return {
    CHURN_DAYS: `${churn.churnDays}`,
    LEAD_DAYS: `${churn.leadDays}`,
    OBSERVE_DAYS: churn.observeDays?.toString(),
    CHURN_ACTION: churn.action,
    RETURN_ACTION: churn.returnAction,
    PASSIVE_ACTIONS: churn.passive?.join(","),
  };
}
