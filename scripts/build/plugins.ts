import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
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

/**
 * Gives the client of Elasticsearch those parts of undici and of OpenTelemetry's core that it uses. It imports both as a whole, which
 * is half of the time that it takes to load, and twice the code.
 */
export const leanElasticsearch: Plugin = {
  name: "lean-elasticsearch",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(undici|@opentelemetry\/core)$/ }, async ({ path, importer }) => {
      if (!importer.includes("/@elastic/transport/")) return undefined;
      const { variable, parts } = usedBy(path);
      const missing = [...(await readFile(importer, "utf8")).matchAll(variable)].flatMap(([, part = ""]) =>
        part in parts ? [] : [{ text: `${importer} uses ${part} of ${path}, which this build leaves out.` }],
      );
      return { path, namespace: "lean", pluginData: dirname(importer), errors: missing };
    });
    onLoad({ filter: /.*/, namespace: "lean" }, ({ path, pluginData }) => {
      const { parts, before = "" } = usedBy(path);
      const members = Object.entries(parts).map(([part, value]) => `${part}: ${value}`);
      return { contents: `${before}module.exports = { ${members.join(", ")} };`, resolveDir: pluginData };
    });
  },
};

/** What is used of a package: by which variable, and where each part is; `before` is what the package's own index does besides. */
function usedBy(path: string): { variable: RegExp; parts: Readonly<Record<string, string>>; before?: string } {
  if (path === "undici")
    return {
      variable: /\bundici_1\.(\w+)/g,
      before:
        'Object.assign(require("undici/lib/dispatcher/dispatcher.js").prototype, require("undici/lib/api/index.js"));',
      parts: {
        Pool: 'require("undici/lib/dispatcher/pool.js")',
        buildConnector: 'require("undici/lib/core/connect.js")',
      },
    };
  return {
    variable: /\bcore_1\.(\w+)/g,
    parts: { suppressTracing: 'require("@opentelemetry/core/build/src/trace/suppress-tracing.js").suppressTracing' },
  };
}
