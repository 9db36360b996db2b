// node run.cjs FUNCTION: runs the bundle FUNCTION.cjs beside this file, with V8's code cache of it, FUNCTION.cache, where
// there is one. With it nothing of the bundle has to be parsed and compiled, which would be a third of a cold start.
// Node's own compile cache (NODE_COMPILE_CACHE) holds only what was compiled before the first line ran, and not on Node 20.
const { readFileSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");
const vm = require("node:vm");

const file = join(__dirname, `${process.argv[2]}.cjs`);
const cacheFile = file.replace(/cjs$/, "cache");
// One function, of what a module is given.
const source = readFileSync(file, "utf8");
const script = new vm.Script(source, {
  filename: file,
  // Of another version of Node it is rejected, and the bundle compiled as ever.
  cachedData: readIfThere(cacheFile),
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
// At the end, when the functions are compiled that a run takes.
if (process.env.LAPSE_CODE_CACHE === "write")
  process.on("exit", () => writeFileSync(cacheFile, script.createCachedData()));
if (process.env.LAPSE_CODE_CACHE === "require" && script.cachedDataRejected !== false)
  throw new Error(`There is no code cache of ${file} for this Node.`);

const bundle = new Module(file, module);
bundle.filename = file;
bundle.paths = module.paths;
script.runInThisContext()(bundle.exports, Module.createRequire(file), bundle, file, __dirname);
bundle.exports.main();

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
