import type { Command } from "commander";
import * as z from "zod";
import { calledAs } from "#runtime/called-as.ts";
import { parseConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { isInBucket } from "#stores/backup/open-place.ts";
import { dataNames } from "#stores/data-folder.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { actorSetting, recordAct } from "./audit/record-act.ts";
import { describeContents } from "./backup/describe.ts";
import type { Call } from "./call/call.ts";
import { socketFolderName } from "./call/socket-path.ts";
import { actorOf } from "./terminal/actor.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions } from "./terminal/options.ts";

const settings = withStoreRules(z.object({ ...actorSetting, ...storeSettings }));

export function restore(command: Command, call: Call): void {
  command
    .summary("puts everything back as a backup has it")
    .description(
      "Puts everything back as a backup has it. The whole backup is checked before anything is changed. Stop lapse first. What was acknowledged after the backup is not in it; users who were erased since are, and keys that were revoked since are valid again.",
    )
    .argument("<from>", "where lapse backup has put it")
    .option("--replace", "even if there are data already, which are lost", false)
    .action((from: string, options: unknown) => run(from, options, call));
  addHelpNotes(command, settings);
}

const optionsSchema = z.object({ replace: z.boolean() });

async function run(from: string, options: unknown, call: Call): Promise<void> {
  const { replace } = parseOptions(optionsSchema, options);
  const config = parseConfig(settings, call.environment);
  const stores = new StoreConnections(storeOptionsOf(config), Date.now);
  try {
    // Logs that were set aside, and a running lapse, are none of what is restored.
    const { takenAt, contents, files } = await stores.restore(isInBucket(from) ? from : call.pathOf(from), {
      replace,
      kept: [dataNames.aside, dataNames.servers, socketFolderName],
    });
    const act = { action: "backup.restored", target: from, details: { takenAt } };
    await recordAct(await stores.audit(), act, actorOf(config, call.user));
    call.print(`Restored what was there at ${takenAt}:`);
    call.print(describeContents(contents));
    if (files.some(({ name }) => name === dataNames.keys))
      call.warn(`API keys that were revoked since then are valid again: see ${calledAs(call.environment)} keys list.`);
    call.warn("Users who were erased since then are there again: erase them once more.");
  } finally {
    await stores.close();
  }
}
