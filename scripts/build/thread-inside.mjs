import { dirname, join } from "node:path";
import { build } from "esbuild";
import { englishOnly } from "./english-only.mjs";

/**
 * Puts the code of a thread, bundled, in the place of the module thread/program.ts that says where it is: so a bundle
 * stays one file, and runs its threads wherever it lies. JavaScript, as run.mjs uses it before any TypeScript is compiled.
 *
 * @type {import("esbuild").Plugin}
 */
export const threadInside = {
  name: "thread-inside",
  setup({ initialOptions, onLoad }) {
    onLoad({ filter: /\/thread\/program\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [join(dirname(path), "main.ts")],
        bundle: true,
        write: false,
        platform: "node",
        target: initialOptions.target,
        // The code of a thread that is given as text is CommonJS.
        format: "cjs",
        // Names stay, as no source map reaches it.
        minifySyntax: initialOptions.minify,
        minifyWhitespace: initialOptions.minify,
        legalComments: "none",
        charset: "ascii",
        logLevel: "warning",
        // A thread may start threads of its own.
        plugins: [threadInside, englishOnly],
      });
      return { contents: `export const program = { code: ${JSON.stringify(outputFiles[0]?.text)} };` };
    });
  },
};
