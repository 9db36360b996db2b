/** Packages with native parts, which cannot be compiled into the program and have to be installed beside it. */
export const nativePackages = ["@duckdb/node-api", "@duckdb/node-bindings", "onnxruntime-node"];

/**
 * Has an ESM bundle load the native packages that it imports by `require`, which its banner defines. They are CommonJS: where one is
 * imported, Node first reads all of its files in search of what they export. What is imported later, by `import()`, is left to Node: a
 * bundle that is split has no names of a CommonJS module for it.
 *
 * @type {import("esbuild").Plugin}
 */
export const nativeByRequire = {
  name: "native-by-require",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${nativePackages.join("|")})$`);
    onResolve({ filter }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "native-by-require" } : { path, external: true },
    );
    onLoad({ filter, namespace: "native-by-require" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
