import * as z from "zod";
import type { ChurnSettings } from "#churn/definition.ts";
import type { Environment } from "#runtime/config.ts";
import { askedChurn, churnOptions, ofVariables, variables } from "../terminal/churn-options.ts";
import { parseOptions } from "../terminal/options.ts";
import { churnOf } from "./settings.ts";

const schema = z.object(churnOptions);

/** What each option sets of a churn definition. */
const fields = {
  ...{ churnDays: "churnDays", leadDays: "leadDays", observeDays: "observeDays" },
  ...{ churnAction: "action", returnAction: "returnAction", passiveActions: "passive" },
} as const satisfies Record<keyof typeof variables, keyof ChurnSettings>;

/**
 * A sentence for each variable, in place of an option, that changes what is remembered: it may be set for another purpose. Throws
 * WrongUse for one that is set wrong.
 */
export function changedByVariables(
  options: unknown,
  environment: Environment,
  saved: ChurnSettings | undefined,
): string[] {
  if (saved === undefined) return [];
  const set = parseOptions(schema, ofVariables(options, environment));
  const churn = churnOf(askedChurn(set), saved, saved.churnDays);
  return schema.keyof().options.flatMap((option) => {
    const [now, before] = [textOf(churn[fields[option]]), textOf(saved[fields[option]])];
    if (set[option] === undefined || now === before) return [];
    return [`${variables[option]} is set and changes what is remembered: ${now} instead of ${before}.`];
  });
}

function textOf(value: number | string | readonly string[] | undefined): string {
  if (value === undefined || value === "") return "none";
  return typeof value === "object" ? value.join(",") : String(value);
}
