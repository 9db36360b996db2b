import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { nativePackages } from "#scripts/build/native-by-require.mjs";
import { threadInside } from "#scripts/build/thread-inside.mjs";

/** Compiles lapse.ts as `npm start` compiles the program, its threads inside; returns the file. */
export async function compileLapse(): Promise<string> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  // Within the project, so that packages with native parts are found from there.
  const folder = join(root, "node_modules", ".cache", "bench-import");
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, "lapse.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: [join("bench", "import", "lapse.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    external: nativePackages,
    plugins: [threadInside],
    banner: {
      js: 'import{createRequire as lapseRequire}from"node:module";const require=lapseRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  return outfile;
}
