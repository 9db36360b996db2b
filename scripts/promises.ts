import type { Command } from "commander";
import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { serverSettings } from "#runtime/settings.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { readPromises } from "#stores/ledger/read-promises.ts";
import { openStores } from "#stores/open-stores.ts";
import { describePromises } from "./promises/describe.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

const settings = withStoreRules(z.object({ PORT: serverSettings.PORT, ...storeSettings }));

export function promises(command: Command): void {
  command
    .summary("tells what was promised of users against what they did")
    .description(
      "What the lists of each month promised (the sum of the probabilities) and how many users left, by model version, once the churn windows have closed; then the same of what challengers scored in shadow. It only reads what monitor has recorded.",
    )
    .action(run);
  addHelpNotes(
    command,
    settings,
    "While lapse runs on this machine, the same is at http://localhost:PORT/promises. A DuckDB file belongs to one process: stop lapse first.",
  );
}

async function run(): Promise<void> {
  const stores = await openStores(storeOptionsOf(loadConfig(settings)), Date.now);
  try {
    console.log(describePromises(await readPromises(stores)));
  } finally {
    await stores.close();
  }
}
