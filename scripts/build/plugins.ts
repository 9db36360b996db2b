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
      onResolve({ filter: /^(@duckdb\/node-(api|bindings)|onnxruntime-node)$/ }, ({ path, namespace }) =>
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
 * Loads TLS and HTTPS, and what extends them, when something of them is first used. Packages import them for what a function in a cluster
 * often does not do, such as to send through a proxy, and to load them takes as long as a third of a bundle.
 */
export const tlsWhenUsed: Plugin = {
  name: "tls-when-used",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^((node:)?(tls|https)|hpagent)$/ }, ({ path, namespace }) => {
      if (namespace !== "when-used") return { path: path.replace("node:", ""), namespace: "when-used" };
      return path === "hpagent" ? undefined : { path, external: true };
    });
    onLoad({ filter: /.*/, namespace: "when-used" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default");
      return {
        contents: `let loaded;
          for (const name of ${JSON.stringify(names)})
            Object.defineProperty(exports, name, { enumerable: true, get: () => (loaded ??= require("${path}"))[name] });`,
        resolveDir: import.meta.dirname,
      };
    });
    // As undici finds it in a Node without HTTP/2, which it does not speak unless told to.
    onResolve({ filter: /^(node:)?http2$/ }, ({ importer }) =>
      importer.includes("/undici/") ? { path: "http2", namespace: "left-out" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = { constants: {} };" }));
  },
};

interface UsedParts {
  /** A part of the path of the only package that gets them. */
  readonly by: string;
  /** What that package calls the whole. */
  readonly variable: string;
  /** Where each part is. */
  readonly parts: Readonly<Record<string, string>>;
  /** What the index of the package does besides. */
  readonly before?: string;
}

const usedParts: Readonly<Record<string, UsedParts>> = {
  undici: {
    by: "/@elastic/transport/",
    variable: "undici_1",
    parts: {
      Pool: 'require("undici/lib/dispatcher/pool.js")',
      buildConnector: 'require("undici/lib/core/connect.js")',
    },
    before:
      'Object.assign(require("undici/lib/dispatcher/dispatcher.js").prototype, require("undici/lib/api/index.js"));',
  },
  "@opentelemetry/core": {
    by: "/@elastic/transport/",
    variable: "core_1",
    parts: { suppressTracing: 'require("@opentelemetry/core/build/src/trace/suppress-tracing.js").suppressTracing' },
  },
  lodash: {
    by: "/minio/",
    variable: "_",
    parts: Object.fromEntries(
      ["chunk", "isEmpty", "mapKeys", "mapValues", "pick", "pickBy"].map((part) => [
        part,
        `require("lodash/${part}.js")`,
      ]),
    ),
  },
};

/**
 * Gives the clients of Elasticsearch and MinIO those parts of other packages that they use. They import them as a whole, which is half of
 * the time that they take to load, and a fifth of the code of a function. Throws where they use another part, as a later version may, and
 * where none is seen: they may call the whole otherwise then.
 */
export const partsOnly: Plugin = {
  name: "parts-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(undici|@opentelemetry\/core|lodash)$/ }, async ({ path, importer }) => {
      const used = usedParts[path];
      if (used === undefined || !importer.includes(used.by)) return undefined;
      const text = await readFile(importer, "utf8");
      // As an ES module has it, which imports parts by name.
      const imported = new RegExp(`import\\s*\\{([^}]*)\\}\\s*from\\s*["']${path}["']`).exec(text)?.[1] ?? "";
      const uses = text.matchAll(new RegExp(`\\b${used.variable}\\.(\\w+)`, "g"));
      const names = [...uses, ...imported.matchAll(/(?:^|,)\s*(\w+)/g)].map(([, part = ""]) => part);
      const errors = names
        .filter((part) => !Object.hasOwn(used.parts, part))
        .map((part) => ({ text: `${importer} uses ${part} of ${path}, which this build leaves out.` }));
      if (names.length === 0)
        errors.push({ text: `${importer} imports ${path}, and no use of it as ${used.variable} is seen.` });
      return { path, namespace: "parts-only", pluginData: dirname(importer), errors };
    });
    onLoad({ filter: /.*/, namespace: "parts-only" }, ({ path, pluginData }) => {
      const { parts = {}, before = "" } = usedParts[path] ?? {};
      const members = Object.entries(parts).map(([part, value]) => `${part}: ${value}`);
      return { contents: `${before}module.exports = { ${members.join(", ")} };`, resolveDir: pluginData };
    });
  },
};
