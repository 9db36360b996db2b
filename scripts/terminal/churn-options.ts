import type { Command } from "commander";
import * as z from "zod";
import { faultOfActions } from "#churn/definition.ts";
import { parsePassive } from "#churn/passive.ts";
import type { Environment } from "#runtime/config.ts";
import type { AskedChurn } from "../start/settings.ts";

/** Which variable stands for an option that is not given: the one that sets the same for the functions of a cluster. */
export const variables = {
  churnDays: "CHURN_DAYS",
  leadDays: "LEAD_DAYS",
  observeDays: "OBSERVE_DAYS",
  churnAction: "CHURN_ACTION",
  returnAction: "RETURN_ACTION",
  passiveActions: "PASSIVE_ACTIONS",
} as const;

/** What variables say of the options that are not given. */
export function ofVariables(options: unknown, environment: Environment): Record<string, string> {
  const given = commandOptions.parse(options);
  return Object.fromEntries(
    Object.entries(variables).flatMap(([option, variable]) => {
      const value = environment[variable] ?? "";
      return given[option] !== undefined || value.trim() === "" ? [] : [[option, value]];
    }),
  );
}

/** Options as they are given, and those that are not as their variables are set. */
export function withVariables(options: unknown, environment: Environment): Record<string, unknown> {
  return { ...commandOptions.parse(options), ...ofVariables(options, environment) };
}

const commandOptions = z.looseObject({});

/** What the options that tell lengths say in the help of a command. */
export interface ChurnHelp {
  readonly churnDays: string;
  readonly leadDays: string;
  readonly observeDays: string;
}

/** Adds the options of a churn definition: its lengths, and which actions leaving, returning and passive ones are. */
export function addChurnOptions(command: Command, help: ChurnHelp): Command {
  const option = (flags: string, description: string, variable: string) =>
    command.option(flags, `${description} (or ${variable})`);
  option("--churn-days <n>", help.churnDays, variables.churnDays);
  option("--lead-days <n>", help.leadDays, variables.leadDays);
  option("--observe-days <n>", help.observeDays, variables.observeDays);
  option(
    "--churn-action <name>",
    "users leave by this action, such as unregister, instead of by silence",
    variables.churnAction,
  );
  option(
    "--return-action <name>",
    "takes back users who left by --churn-action, such as register",
    variables.returnAction,
  );
  return option("--passive-actions <names>", passiveHelp, variables.passiveActions);
}

export const passiveHelp = "what the business does to users, which shows no activity: email_*,push_*";

/** `none` stands for no name: no action is called so. */
const none = "none";
const filled = z.string().trim().min(1, "takes a name, or none");
const name = filled.transform((text) => (text === none ? null : text)).optional();
const days = (least: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,5}$/, "takes a whole number of days")
    .transform(Number)
    .pipe(z.int().min(least, `must be at least ${least}`))
    .optional();

export const passiveOption = filled.transform((text) => (text === none ? null : parsePassive(text))).optional();

/** What `addChurnOptions` adds. Null where `none` is given. */
export const churnOptions = {
  churnDays: days(1),
  leadDays: days(0),
  observeDays: days(1),
  churnAction: name,
  returnAction: name,
  passiveActions: passiveOption,
};

const schema = z.object(churnOptions);

/** The options as a churn definition has them. */
export function askedChurn(options: z.infer<typeof schema>): AskedChurn {
  const { churnDays, leadDays, observeDays, churnAction, returnAction, passiveActions } = options;
  return { churnDays, leadDays, observeDays, action: churnAction, returnAction, passive: passiveActions };
}

/** What is wrong between the actions, by the names of the options; undefined if nothing is. */
export function faultOfOptions(actions: Parameters<typeof faultOfActions>[0]): string | undefined {
  const found = faultOfActions(actions);
  if (found === undefined) return undefined;
  return `error: ${found.of === "action" ? "--churn-action" : "--return-action"} ${found.fault}`;
}
