import type { Plugin } from "esbuild";

/**
 * Loads the packages with native parts by `require` when the module that imports them first runs. An ordinary external
 * import would stand at the top of the bundle, so that even a function that imports its store lazily would load DuckDB
 * at its start. Together a third of a start.
 */
export function nativeWhenUsed(root: string): Plugin {
  return {
    name: "native-when-used",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(@duckdb\/node-api|onnxruntime-node)$/ }, ({ path, namespace }) =>
        namespace === "native" ? { path, external: true } : { path, namespace: "native" },
      );
      onLoad({ filter: /.*/, namespace: "native" }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)})`,
        resolveDir: root,
      }));
    },
  };
}

/** Leaves OpenTelemetry in a file of its own, open-telemetry.cjs, which functions read where a collector is named. */
export const openTelemetryApart: Plugin = {
  name: "open-telemetry-apart",
  setup({ onResolve }) {
    onResolve({ filter: /\/open-telemetry\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./open-telemetry.cjs", external: true } : undefined,
    );
  },
};
