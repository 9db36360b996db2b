import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether a compiled program is not there, or older than a file at or below one of these paths of the project at `root`.
 *
 * @param {string} program
 * @param {string} root
 * @param {readonly string[]} sources
 */
export function isOutdated(program, root, sources) {
  const made = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return made < Math.max(...sources.map((source) => newest(join(root, source))));
}

/** @param {string} path @returns {number} */
function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return readdirSync(path).reduce((latest, file) => Math.max(latest, newest(join(path, file))), found.mtimeMs);
}
