import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { InvalidInput } from "#churn/failure.ts";
import type { BackupFile } from "./manifest.ts";

/** The length and SHA-256 of bytes that come in parts. */
export class Digest {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
  }

  end(): Pick<BackupFile, "bytes" | "sha256"> {
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  /** Throws InvalidInput unless these are the bytes of `file`. */
  require(file: BackupFile, backup: string): void {
    const { bytes, sha256 } = this.end();
    if (bytes !== file.bytes || sha256 !== file.sha256)
      throw new InvalidInput(`The backup ${backup} is damaged: ${file.name} does not agree with its checksum.`);
  }
}

export function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

export async function digestOfFile(path: string): Promise<Pick<BackupFile, "bytes" | "sha256">> {
  const digest = new Digest();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) digest.add(chunk);
  return digest.end();
}
