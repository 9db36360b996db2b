import type { Command } from "commander";
import * as z from "zod";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { isInBucket } from "#stores/backup/open-place.ts";
import packageJson from "../package.json" with { type: "json" };
import { actorSetting, recordAct } from "./audit/record-act.ts";
import { describeContents } from "./backup/describe.ts";
import type { Call } from "./call/call.ts";
import { actorOf } from "./terminal/actor.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

const settings = withStoreRules(z.object({ ...actorSetting, ...storeSettings }));

export function backup(command: Command, call: Call): void {
  command
    .summary("writes everything that lapse keeps to a new folder, while it runs")
    .description(
      "Writes everything that lapse keeps to a new folder, while it runs: actions, features, scores, ledger, campaigns, contacts, model versions with aliases and history, dead letters, audit, hashes of API keys. All that was acknowledged before is in it. It is a backup once it is whole, checked and on disk. See lapse restore.",
    )
    .argument(
      "<to>",
      "a folder that does not exist yet; or s3://BUCKET/NAME on the server of MINIO_URL, for data in Elasticsearch",
    )
    .action((to: string) => run(to, call));
  addHelpNotes(command, settings);
}

async function run(to: string, call: Call): Promise<void> {
  const config = parseConfig(settings, call.environment);
  const stores = call.stores(config);
  try {
    const { contents, bytes, keys } = await stores.backUp(isInBucket(to) ? to : call.pathOf(to), {
      lapse: packageJson.version,
      signal: call.signal,
    });
    const act = { action: "backup.taken", target: to, details: contents };
    await recordAct(await stores.audit(), act, actorOf(config, call.user));
    call.print(`Backed up to ${to} (${(bytes / 1e6).toFixed(1)} MB):`);
    call.print(describeContents(contents));
    if (keys) call.warn("It holds the hashes of API keys and the audit: keep it as private as the data folder.");
  } finally {
    await stores.close();
  }
}
