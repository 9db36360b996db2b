import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { metricsPage } from "./metrics/catalogue.ts";

// Writes docs/metrics.md: part of npm run regenerate.
const root = fileURLToPath(new URL("..", import.meta.url));
await writeFile(join(root, "docs", "metrics.md"), await metricsPage(root));
