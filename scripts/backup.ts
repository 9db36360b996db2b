import type { Command } from "commander";
import * as z from "zod";
import { failureInAudit } from "#churn/failure.ts";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { isInBucket } from "#stores/backup/open-place.ts";
import packageJson from "../package.json" with { type: "json" };
import { actorSetting, recordAct } from "./audit/record-act.ts";
import { describeContents } from "./backup/describe.ts";
import type { Call } from "./call/call.ts";
import { actorOf } from "./terminal/actor.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions } from "./terminal/options.ts";

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
    .option(
      "--repository <name>",
      "a snapshot repository of Elasticsearch, to which it copies what has changed; models go to the folder or bucket",
    )
    .option(
      "--every <days>",
      "how often one is taken: the desk tells when such a backup fails, or the next one is late",
    )
    .action((to: string, options: unknown) => run(to, options, call));
  addHelpNotes(command, settings);
}

const optionsSchema = z.object({
  repository: z.string().min(1).optional(),
  every: z.coerce.number("takes a number of days").positive("takes a number of days").optional(),
});

async function run(to: string, options: unknown, call: Call): Promise<void> {
  const { repository, every } = parseOptions(optionsSchema, options);
  const config = parseConfig(settings, call.environment);
  const stores = call.stores(config);
  const record = async (action: BackupAction, details: BackupDetails) => {
    const act = { action, target: to, details: { ...details, ...(every !== undefined && { everyDays: every }) } };
    await recordAct(await stores.audit(), act, actorOf(config, call.user));
  };
  try {
    const place = isInBucket(to) ? to : call.pathOf(to);
    const { contents, bytes, keys, snapshot } = await stores
      .backUp(place, { lapse: packageJson.version, repository, signal: call.signal })
      .catch(async (error: unknown) => {
        // That it failed tells more than that this could not be recorded.
        await record("backup.failed", { failure: failureInAudit(error) }).catch(() => undefined);
        throw error;
      });
    await record("backup.taken", { bytes });
    call.print(`Backed up to ${to} (${(bytes / 1e6).toFixed(1)} MB):`);
    call.print(describeContents(contents));
    if (snapshot !== undefined) call.print(`Documents are in the snapshot ${snapshot.name} of ${snapshot.repository}.`);
    if (keys) call.warn("It holds the hashes of API keys and the audit: keep it as private as the data folder.");
  } finally {
    await stores.close();
  }
}

type BackupAction = "backup.taken" | "backup.failed";
type BackupDetails = { readonly bytes: number } | { readonly failure: string };
