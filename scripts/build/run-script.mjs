import { subscribe } from "node:diagnostics_channel";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, Module, SourceMap } from "node:module";
import { dirname, join, resolve } from "node:path";
import { Script } from "node:vm";

/**
 * Runs a program that compileScript has made, with V8's code cache of it where there is one: nothing of it then has to be parsed and
 * compiled, a sixth of a second start. It is written once the program says that it has started, when what a start needs is compiled.
 *
 * @param {string} path
 */
export function runScript(path) {
  const text = readFileSync(path, "utf8");
  // By the program's content: V8 itself only compares how long it is.
  const name = /\/\/# sourceMappingURL=(.*)\.cjs\.map\s*$/.exec(text.slice(-200))?.[1];
  const source = Module.wrap(`//${text}`);
  const cacheFile = join(dirname(path), `${name}-${process.version}-${process.arch}.cache`);
  const cachedData = readIfThere(cacheFile);
  const script = new Script(source, { filename: path, ...(cachedData && { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected) subscribe("lapse.started", () => keep(script, cacheFile));
  tellSources(path, join(dirname(path), `${name}.cjs.map`));
  const require = createRequire(path);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, path, dirname(path));
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Without a cache, as where nothing can be written, starts take longer. @param {Script} script @param {string} path */
function keep(script, path) {
  const draft = `${path}.${process.pid}`;
  try {
    // First, as to make the data takes a while.
    const file = openSync(draft, "w");
    try {
      writeFileSync(file, script.createCachedData());
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch {
    remove(draft);
  }
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { force: true });
  } catch {}
}

/**
 * Has stacks name places in the sources. Node itself would read the map at every start; most starts have no stack to tell. Where the map is
 * gone, as after the program was compiled anew, or cannot be read, they name those in the program.
 *
 * @param {string} path
 * @param {string} mapFile
 */
function tellSources(path, mapFile) {
  /** @type {Pick<SourceMap, "findOrigin"> | undefined} */
  let map;
  /** @param {string} place @param {string} line @param {string} column */
  const original = (place, line, column) => {
    map ??= readMap(mapFile);
    const origin = map.findOrigin(Number(line), Number(column));
    return "fileName" in origin
      ? `${resolve(dirname(mapFile), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`
      : place;
  };
  const compiled = new RegExp(`${path.replace(/[^\w/]/g, "\\$&")}:(\\d+):(\\d+)`, "g");
  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...sites.map((site) => `    at ${String(site).replace(compiled, original)}`)].join("\n");
}

/** One without places where there is none that can be read. @param {string} path @returns {Pick<SourceMap, "findOrigin">} */
function readMap(path) {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { findOrigin: () => ({}) };
  }
}

/** What a stack begins with: anything may be thrown or given a stack, also what no text can be made of. @param {Error} error */
function headOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}
