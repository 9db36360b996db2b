import type { Command } from "commander";
import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

const settings = withStoreRules(z.object(storeSettings));

export function setup(command: Command): void {
  command
    .summary("creates what the stores need")
    .description(
      "Creates what the stores need before the first action: the bucket with versioning in MinIO, the index templates in Elasticsearch. Safe to run again at any time. It needs credentials that may create these, which the functions do not.",
    )
    .action(run);
  addHelpNotes(command, settings);
}

async function run(): Promise<void> {
  const options = storeOptionsOf(loadConfig(settings));
  await (await setUpStores(options, Date.now)).close();
  const { dataDir, elasticsearch, minio } = options;
  const actions = elasticsearch === undefined ? dataDir : `Elasticsearch, in ${elasticsearch.prefix}-*`;
  const models = minio === undefined ? dataDir : `MinIO, in the bucket ${minio.bucket}`;
  console.log(`Ready: actions and features go to ${actions}; model versions go to ${models}.`);
}
