import type { Command } from "commander";
import * as z from "zod";
import { faultOfActions } from "#churn/definition.ts";
import { parsePassive } from "#churn/passive.ts";

/** Adds the options that tell which actions leaving, returning and passive ones are. */
export function addChurnActions(command: Command): Command {
  return command
    .option("--churn-action <name>", "users leave by this action, such as unregister, instead of by silence")
    .option("--return-action <name>", "takes back users who left by --churn-action, such as register")
    .option("--passive-actions <names>", passiveHelp);
}

export const passiveHelp = "what the business does to users, which shows no activity: email_*,push_*";

/** `none` stands for no name: no action is called so. */
const none = "none";
const name = z
  .string()
  .min(1)
  .transform((text) => (text === none ? null : text))
  .optional();

export const passiveOption = z
  .string()
  .min(1)
  .transform((text) => (text === none ? null : parsePassive(text)))
  .optional();

/** What `addChurnActions` adds. Null where `none` is given. */
export const churnActionOptions = { churnAction: name, returnAction: name, passiveActions: passiveOption };

const schema = z.object(churnActionOptions);

/** The options as a churn definition has them. */
export function askedActions({ churnAction, returnAction, passiveActions }: z.infer<typeof schema>) {
  return { action: churnAction, returnAction, passive: passiveActions };
}

/** What is wrong between the actions, by the names of the options; undefined if nothing is. */
export function faultOfOptions(actions: Parameters<typeof faultOfActions>[0]): string | undefined {
  const found = faultOfActions(actions);
  if (found === undefined) return undefined;
  return `error: ${found.of === "action" ? "--churn-action" : "--return-action"} ${found.fault}`;
}
