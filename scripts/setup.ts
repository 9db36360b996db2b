import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { setUpStores } from "#stores/set-up-stores.ts";
import { runCommand } from "./terminal/command.ts";

const help = `npm run setup

Makes what the stores need before the first action: the bucket with versioning in MinIO, the index templates in
Elasticsearch. May be run again at any time; needs credentials that may make these, which the functions do not.

Settings: those of the stores (docs/operate.md).`;

await runCommand(help, async () => {
  const options = storeOptionsOf(loadConfig(withStoreRules(z.object(storeSettings))));
  await (await setUpStores(options, Date.now)).close();
  const { dataDir, elasticsearch, minio } = options;
  const actions = elasticsearch === undefined ? dataDir : `Elasticsearch, in ${elasticsearch.prefix}-*`;
  const models = minio === undefined ? dataDir : `MinIO, in the bucket ${minio.bucket}`;
  console.log(`Ready: actions and features go to ${actions}; model versions go to ${models}.`);
});
