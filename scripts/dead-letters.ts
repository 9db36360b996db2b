import { parseArgs } from "node:util";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { loadConfig } from "#runtime/config.ts";
import { serverSettings } from "#runtime/settings.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { describeLetter, summarizeLetter } from "./dead-letters/describe.ts";
import { replay } from "./dead-letters/replay.ts";
import { selectLetters } from "./dead-letters/select.ts";
import { runCommand } from "./terminal/command.ts";

const help = `npm run dead-letters -- [COMMAND]

Events that no function took, and that wait for you to decide.

  list                  every one of them, the latest first (default)
  show ID…              all that is known of them, as JSON
  replay ID… | --all    sends them to the broker again, the oldest first, and forgets them
  forget ID… | --all    forgets them

An ID may be shortened as long as it is clear. Settings: those of the stores (docs/operate.md), and for replay BROKER_URL
(default http://localhost:PORT/broker, where lapse listens on this machine).`;

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({ options: { all: { type: "boolean" } }, allowPositionals: true });
  const config = loadConfig(
    withStoreRules(z.object({ ...storeSettings, PORT: serverSettings.PORT, BROKER_URL: z.url().optional() })),
  );
  const broker = config.BROKER_URL ?? `http://localhost:${config.PORT}/broker`;
  const stores = new StoreConnections(storeOptionsOf(config), Date.now);
  const letters = await stores.deadLetters();
  const [command = "list", ...ids] = positionals;
  const kept = await letters.list();
  const selected = () => (values.all === true ? kept : selectLetters(kept, ids));

  switch (command) {
    case "list":
      console.log(kept.length === 0 ? "There are no dead letters." : kept.map(summarizeLetter).join("\n"));
      return;
    case "show":
      console.log(selected().map(describeLetter).join("\n"));
      return;
    case "replay":
      await replay(selected(), letters, broker, (letter) => console.log(`Sent again: ${summarizeLetter(letter)}`));
      return;
    case "forget":
      for (const letter of selected()) {
        await letters.remove(letter);
        console.log(`Forgot: ${summarizeLetter(letter)}`);
      }
      return;
    default:
      throw new InvalidInput(`There is no command ${command}. See --help.`);
  }
});
