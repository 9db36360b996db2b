import { link, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, InvalidInput } from "#churn/failure.ts";
import { type KeyRecord, readKeyFile } from "#runtime/access/key-file.ts";
import { syncDirectory } from "#stores/durable-files.ts";

/** Another command is changing the file. */
export class KeysLocked extends Failure {
  override readonly name = "KeysLocked";
  override readonly kind = "conflict";
}

/**
 * Replaces the keys in a file by what `change` makes of them, whole or not at all, for the owner's eyes alone, and returns
 * what else it made. Waits for another command that is at it. Throws KeysLocked if that takes seconds, InvalidInput if the file is
 * damaged or cannot be written.
 */
export async function changeKeys<Made>(
  path: string,
  change: (keys: readonly KeyRecord[]) => { readonly keys: readonly KeyRecord[]; readonly made: Made },
): Promise<Made> {
  await mkdir(dirname(path), { recursive: true });
  const lock = `${path}.lock`;
  await lockFile(lock);
  try {
    const { keys, made } = change((await readKeyFile(path)) ?? []);
    const draft = `${path}.new`;
    // What an earlier command that was killed has left.
    await rm(draft, { force: true });
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ keys }, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncDirectory(dirname(path));
    return made;
  } finally {
    await unlockFile(lock);
  }
}

/** How long another command may take, in milliseconds; one that does not wait for its disk takes a few. */
const longestWait = 5_000;

async function lockFile(path: string): Promise<void> {
  const until = performance.now() + longestWait;
  for (;;) {
    try {
      await writeFile(path, ownMark(), { flag: "wx", mode: 0o600 });
      return;
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST"))
        throw new InvalidInput(`Cannot write ${path}.`, { cause });
      if (await isAbandoned(path)) await removeAbandoned(path);
      if (performance.now() > until)
        throw new KeysLocked(`Another lapse keys is changing the file. If none is, remove ${path}.`, { cause });
    }
    await sleep(10);
  }
}

/** Whether the process that made a lock has ended without removing it. One without a number is another's, or just being made. */
async function isAbandoned(path: string): Promise<boolean> {
  const [, pid, host] = /^([1-9]\d*) (.+)$/.exec(await markOf(path)) ?? [];
  // Of the processes of another machine, or container, nothing is known here.
  if (pid === undefined || host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // Of another person's process it is not permitted to ask, but it is there.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** Removes a lock if it is one's own. */
async function unlockFile(path: string): Promise<void> {
  if ((await markOf(path)) === ownMark()) await rm(path, { force: true });
}

/** Takes the lock away before it looks again whose it is: another command may have removed the abandoned one, and made its own. */
async function removeAbandoned(path: string): Promise<void> {
  const taken = `${path}.${process.pid}`;
  try {
    await rename(path, taken);
    if (!(await isAbandoned(taken))) await link(taken, path);
  } catch {
    // Another command was quicker.
  }
  await rm(taken, { force: true });
}

/** What a lock holds. */
function ownMark(): string {
  return `${process.pid} ${hostname()}`;
}

function markOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
