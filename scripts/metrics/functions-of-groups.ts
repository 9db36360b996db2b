import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * The functions that have each group of metrics, by its file: those whose code has it when all that they do not use is
 * left out, as it is in their bundles. `root` is the project's folder.
 */
export async function functionsOfGroups(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = readdirSync(join(root, "functions")).sort();
  const entries = names
    .map((name) => ({ name, path: join("functions", name, "main.ts") }))
    .filter(({ path }) => existsSync(join(root, path)));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map(({ path }) => path),
    outdir: "unwritten",
    outbase: ".",
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    plugins: [packagesApart],
  });
  const found = new Map<string, string[]>();
  for (const { entryPoint, inputs } of Object.values(metafile.outputs)) {
    const name = entries.find(({ path }) => path === entryPoint)?.name;
    if (name === undefined) continue;
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const file = /^src\/runtime\/metrics\/([^/]+)$/.exec(input)?.[1];
      if (file !== undefined && bytesInOutput > 0) found.set(file, [...(found.get(file) ?? []), name]);
    }
  }
  return found;
}

/** Packages stay outside, and what only imports one without using it counts as unused. */
const packagesApart: Plugin = {
  name: "packages-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path, external: true, sideEffects: false },
    );
  },
};
