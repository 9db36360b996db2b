// Writes every dashboard as Grafana loads it: part of `npm run regenerate`.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dashboards } from "./dashboards.ts";
import { jsonName, jsonOf } from "./json.ts";

const folder = fileURLToPath(new URL("json/", import.meta.url));
await mkdir(folder, { recursive: true });
for (const dashboard of dashboards) {
  await writeFile(`${folder}${jsonName(dashboard)}`, jsonOf(dashboard));
  console.log(`observability/dashboards/json/${jsonName(dashboard)}`);
}
