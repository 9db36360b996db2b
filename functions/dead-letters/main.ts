import { join } from "node:path";
import { loadConfig } from "../../runtime/config.ts";
import { createLogger } from "../../runtime/logging.ts";
import { processRegistry } from "../../runtime/metrics/process.ts";
import { serveEvents } from "../../runtime/serve.ts";
import { DirectoryDeadLetters } from "../../stores/dead-letters/directory-dead-letters.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

const config = loadConfig(configSchema);
const log = createLogger({ service: "lapse-dead-letters", level: config.LOG_LEVEL });

await serveEvents({
  name: "dead-letters",
  config,
  log,
  registry: processRegistry(),
  handle,
  services: {
    deadLetters: new DirectoryDeadLetters(join(config.DATA_DIR, "dead-letters")),
    now: () => Date.now(),
    log,
  },
  close: async () => {},
});
