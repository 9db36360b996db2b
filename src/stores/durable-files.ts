import { copyFile, link, mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Creates the directory `path` with these files, whole or not at all, on disk when this resolves. Returns false if it
 * exists. The parent must exist.
 */
export async function createDirectory(path: string, files: Record<string, string | Uint8Array>): Promise<boolean> {
  const parent = dirname(path);
  return withTemporary(parent, async (temporary) => {
    for (const [name, content] of Object.entries(files)) await writeDurably(join(temporary, name), content);
    await syncDirectory(temporary);
    try {
      await rename(temporary, path);
    } catch (error) {
      if (await isThere(path)) return false;
      throw error;
    }
    await syncDirectory(parent);
    return true;
  });
}

/** Creates the file `path`, whole and on disk when this resolves. Returns false if it exists. */
export async function createFile(path: string, content: string): Promise<boolean> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  return withTemporary(dirname(directory), async (temporary) => {
    const file = join(temporary, "new");
    await writeDurably(file, content);
    if (!(await linkTo(file, path))) return false;
    await syncDirectory(directory);
    return true;
  });
}

/** Writes the file `path` anew: what is there is the former content or the new one, and the new one is on disk when this resolves. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const directory = dirname(path);
  await withTemporary(directory, async (temporary) => {
    const file = join(temporary, "new");
    await writeDurably(file, content);
    await rename(file, path);
    await syncDirectory(directory);
  });
}

/**
 * Creates the file `path` with the content of another one that is on disk: as a second name of it, or as a copy where that is not
 * possible. It is whole and on disk when this resolves. Returns false if it exists.
 */
export async function createFileOf(source: string, path: string): Promise<boolean> {
  const directory = dirname(path);
  const named = await linkTo(source, path).catch(() => undefined);
  if (named === false) return false;
  const isCreated =
    named ??
    (await withTemporary(directory, async (temporary) => {
      const file = join(temporary, "new");
      await copyFile(source, file);
      await syncFile(file);
      return linkTo(file, path);
    }));
  await syncDirectory(directory);
  return isCreated;
}

/** Unlike a rename, a link never replaces an existing file: returns false then. */
async function linkTo(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if (isErrorCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Removes from `directory` what a process that was killed in one of the above left behind, once it is a day old. */
export async function removeAbandoned(directory: string, now: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const path = join(directory, name);
    // Undefined where its process has removed it meanwhile.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > 86_400_000) await rm(path, { recursive: true, force: true });
  }
}

/** Whether `error` is a system error of that code, such as `ENOENT`. */
export function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** In place of what was to be read, where there is nothing at its path. Throws any other error. */
export function absent(error: unknown): undefined {
  if (!isErrorCode(error, "ENOENT")) throw error;
}

/** Whether what stands at a path is no file that can be read, or lies in no directory: it was put there by no one who uses these. */
export function isNoFile(error: unknown): boolean {
  return ["EISDIR", "ENOTDIR", "ELOOP"].some((code) => isErrorCode(error, code));
}

const temporaryPrefix = ".unfinished-";

async function withTemporary<T>(parent: string, work: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = await mkdtemp(join(parent, temporaryPrefix));
  try {
    return await work(temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Creates the file, on disk when this resolves; throws if it exists. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function syncFile(path: string): Promise<void> {
  return syncOpened(path, "r+");
}

/** Makes new names in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory, and does not need to.
  if (process.platform === "win32") return;
  await syncOpened(path, "r");
}

async function syncOpened(path: string, flags: "r" | "r+"): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether anything stands at a path. Throws where that cannot be told. */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(absent)) !== undefined;
}
