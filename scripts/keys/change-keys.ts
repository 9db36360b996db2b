import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, InvalidInput } from "#churn/failure.ts";
import { type KeyRecord, readKeyFile } from "#runtime/access/key-file.ts";
import { syncDirectory } from "#stores/models/directory/durable-files.ts";

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
    await rm(lock, { force: true });
  }
}

/** How long another command may take, in milliseconds; one that does not wait for its disk takes a few. */
const longestWait = 5_000;

async function lockFile(path: string): Promise<void> {
  const until = performance.now() + longestWait;
  for (;;) {
    try {
      await (await open(path, "wx", 0o600)).close();
      return;
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST"))
        throw new InvalidInput(`Cannot write ${path}.`, { cause });
      if (performance.now() > until)
        throw new KeysLocked(`Another lapse keys is changing the file. If none is, remove ${path}.`, { cause });
    }
    await sleep(10);
  }
}
