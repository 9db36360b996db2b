import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { loadConfig } from "#runtime/config.ts";
import { serverSettings } from "#runtime/settings.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { Alias } from "#stores/models/model-store.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { announce } from "./models/announce.ts";
import { describeVersions } from "./models/list.ts";
import { promote, rollBack } from "./models/move-champion.ts";
import { runCommand } from "./terminal/command.ts";

const help = `npm run models -- [COMMAND]

Model versions, and which of them is in service. The predictor follows within seconds, without a restart.

  list              every version, newest first (default)
  show VERSION      its description, model.json
  promote VERSION   puts it into service, whatever its decision was
  rollback          puts the version that served before back into service; once more, and the two change places again

The page of a version is at http://localhost:8080/models/VERSION while lapse runs, and in its folder as report.html.
Settings: those of the stores (docs/operate.md), and BROKER_URL (default http://localhost:PORT/broker), which is told of a move so
that everybody is scored anew.`;

await runCommand(help, async () => {
  const { positionals } = parseArgs({ options: {}, allowPositionals: true });
  const config = loadConfig(
    withStoreRules(z.object({ ...storeSettings, PORT: serverSettings.PORT, BROKER_URL: z.url().optional() })),
  );
  const broker = config.BROKER_URL ?? `http://localhost:${config.PORT}/broker`;
  const models = await new StoreConnections(storeOptionsOf(config), Date.now).modelStore();
  const [command = "list", version] = positionals;
  const named = () => {
    if (version === undefined) throw new InvalidInput(`${command} takes a VERSION. See --help.`);
    return version;
  };
  const moved = async ({ version: champion, previous }: Alias) => {
    console.log(`${champion} is in service now${previous === undefined ? "" : `, in place of ${previous}`}.`);
    console.log(await announce(champion, broker, { id: randomUUID(), now: Date.now() }));
  };

  switch (command) {
    case "list": {
      const manifests = await Promise.all((await models.versions()).map((name) => models.manifest(name)));
      console.log(describeVersions(manifests, await models.alias("champion"), await models.alias("challenger")));
      return;
    }
    case "show":
      console.log(JSON.stringify(await models.manifest(named()), null, 2));
      return;
    case "promote":
      return moved(await promote(named(), models));
    case "rollback":
      return moved(await rollBack(models));
    default:
      throw new InvalidInput(`There is no command ${command}. See --help.`);
  }
});
