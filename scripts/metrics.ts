import { fileURLToPath } from "node:url";
import { metricsPage } from "./metrics/catalogue.ts";

// npm run --silent metrics >docs/metrics.md
process.stdout.write(await metricsPage(fileURLToPath(new URL("..", import.meta.url))));
