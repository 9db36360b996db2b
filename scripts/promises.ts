import type { Command } from "commander";
import * as z from "zod";
import { parseConfig } from "#runtime/config.ts";
import { serverSettings } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { readPromises } from "#stores/ledger/read-promises.ts";
import type { Call } from "./call/call.ts";
import { describePromises } from "./promises/describe.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

const settings = withStoreRules(z.object({ PORT: serverSettings.PORT, ...storeSettings }));

export function promises(command: Command, call: Call): void {
  command
    .summary("tells what was promised of users against what they did")
    .description(
      "What the lists of each month promised (the sum of the probabilities) and how many users left, by model version, once the churn windows have closed; then the same of what challengers scored in shadow. It only reads what monitor has recorded.",
    )
    .action(() => run(call));
  addHelpNotes(command, settings, "While lapse runs on this machine, the same is at http://localhost:PORT/promises.");
}

async function run(call: Call): Promise<void> {
  const stores = call.stores(parseConfig(settings, call.environment));
  try {
    call.print(
      describePromises(
        await readPromises({
          ledger: await stores.ledger(),
          models: await stores.modelStore(),
          actions: await stores.actionStore(),
        }),
      ),
    );
  } finally {
    await stores.close();
  }
}
