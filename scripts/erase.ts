import type { Command } from "commander";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { formatCounted } from "#pages/format.ts";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { allStores } from "#stores/open-stores.ts";
import { actorSetting, commandRecorder } from "./audit/record-act.ts";
import type { Call } from "./call/call.ts";
import { describeErasure } from "./erase/describe.ts";
import { eraseForGood } from "./erase/erase-for-good.ts";
import { isEmpty } from "./erase/erase-users.ts";
import { asStored, readIds } from "./erase/read-ids.ts";
import { actorOf } from "./terminal/actor.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";

const settings = withStoreRules(z.object({ ...actorSetting, ...storeSettings }));

export function erase(command: Command, call: Call): void {
  command
    .summary("deletes everything that is stored about users")
    .description(
      "Deletes everything that lapse stores about users: actions, user-days, features, scores, ledger, assignments to campaigns, contacts, dead letters, and events that wait to be delivered. Prints how much of each there was, then looks again, and fails unless nothing is left. Models contain no user ids, only numbers about all users together; a model trained from now on has not seen the user. Backups keep what they hold.",
    )
    .option("--user <id...>", "whom to erase; may be repeated")
    .option("--users <file>", "a file of ids, one on each line; - for standard input")
    .option(
      "--reason <text>",
      "why, for the audit, such as the request's number; not whom, which would undo the erasure",
    )
    .action((options: unknown) => run(options, call));
  addHelpNotes(command, settings);
}

const optionsSchema = z.object({
  user: z.array(z.string()).default([]),
  users: z.string().optional(),
  reason: z.string().min(1).max(1_000).optional(),
});

async function run(options: unknown, call: Call): Promise<void> {
  const { user, users: file, reason } = parseOptions(optionsSchema, options);
  const inFile = file === undefined ? [] : await readIds(await call.inputPath(file));
  const users = [...new Set([...user.map(asStored), ...inFile])].filter((id) => id !== "");
  if (users.length === 0) throw new WrongUse("error: name at least one user, with --user or --users");

  const config = parseConfig(settings, call.environment);
  const opened = call.stores(config);
  try {
    const stores = await allStores(opened);
    const record = commandRecorder(stores.audit, actorOf(config, call.user));
    const { erased, left } = await record(
      { action: "users.erased", reason, details: { users: users.length } },
      () => eraseForGood(users, stores, call.running),
      (ended) => ({ details: { ...ended.erased } }),
    );
    const whom = users.length === 1 ? `user ${users[0]}` : formatCounted(users.length, "user");
    // A slip in an id must not pass for an erasure.
    if (left === undefined && isEmpty(erased)) {
      call.print(`Nothing was stored about ${whom}. Ids must be written as in the log.`);
      return;
    }
    call.print(`Erased of ${whom}:`);
    call.print(describeErasure(erased));
    if (left !== undefined)
      throw new InvalidInput(
        `Looked again, and erased what had arrived in the meantime; run it once more:\n${describeErasure(left)}`,
      );
    call.print("Looked again: nothing is left.");
  } finally {
    await opened.close();
  }
}
