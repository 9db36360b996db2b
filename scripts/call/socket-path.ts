import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** The folder of the socket, in the data folder: for the owner's eyes alone, so that nobody else can connect. */
export const socketFolderName = "running";

/**
 * Where the lapse that has the embedded stores of `dataDir` open is reached by commands: a Unix socket in it, or a named pipe on
 * Windows. Undefined if the path is longer than the operating system allows for a socket.
 */
export function socketPath(dataDir: string, platform: NodeJS.Platform): string | undefined {
  if (platform === "win32") {
    const name = createHash("sha256").update(realOf(dataDir).toLowerCase()).digest("hex").slice(0, 32);
    return `\\\\.\\pipe\\lapse-${name}`;
  }
  const absolute = join(resolve(dataDir), socketFolderName, "lapse.sock");
  const [shortest = absolute] = [absolute, relative("", absolute)].sort((a, b) => a.length - b.length);
  // sun_path: 108 bytes on Linux, 104 on macOS, one of them for the zero at the end.
  return Buffer.byteLength(shortest) < 104 ? shortest : undefined;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
