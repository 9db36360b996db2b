import { begin } from "../../runtime/begin.ts";
import { serveEvents } from "../../runtime/serve.ts";
import { storeOptionsOf } from "../../runtime/store-settings.ts";
import { StoreConnections } from "../../stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("dead-letters", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config), now);
  const services = {
    deadLetters: await stores.deadLetters(),
    now,
    log,
  };

  await serveEvents({ name: "dead-letters", handle, services, config, log, registry, stores });
});
