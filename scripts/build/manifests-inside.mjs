import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";

/**
 * Puts the content of the manifests in knative/ in the place of the module local/knative.ts that reads them, so that a start does not
 * parse YAML. Where that fails the module stays, and tells what is wrong with which file.
 *
 * @type {import("esbuild").Plugin}
 */
export const manifestsInside = {
  name: "manifests-inside",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/local\/knative\.ts$/ }, async ({ path }) => {
      const folder = join(dirname(path), "..", "..", "knative");
      const contents = await contentsIn(folder).catch(() => undefined);
      if (contents === undefined) return undefined;
      return {
        contents: `import { manifestsOf } from "./manifests.ts";
const contents = ${JSON.stringify(contents)};
export const readKnative = () => manifestsOf(${JSON.stringify(folder)}, async (file) => contents[file]);`,
        resolveDir: dirname(path),
      };
    });
  },
};

/** What the kustomization says and the resources that it lists, by file. @param {string} folder */
async function contentsIn(folder) {
  /** @param {string} file */
  const read = async (file) => [file, parse(await readFile(join(folder, file), "utf8"))];
  const [name, kustomization] = await read("kustomization.yaml");
  return Object.fromEntries([[name, kustomization], ...(await Promise.all(kustomization.resources.map(read)))]);
}
