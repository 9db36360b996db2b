import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFunctions } from "./build/bundles.ts";
import { writeCodeCaches } from "./build/code-cache.ts";

// npm run build: everything that an image runs, in dist/.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const directory = join(root, "dist");
const names = await buildFunctions(root, directory);
await writeCodeCaches(directory, names);
console.log(`Built ${names.map((name) => `dist/${name}.cjs`).join(", ")}; node dist/run.cjs ${names[0]} starts one.`);
