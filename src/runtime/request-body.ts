import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "./failures.ts";

/**
 * Reads a request's body, decompressed where it is compressed, of at most `limit` bytes either way. Throws TooLarge
 * as soon as it is known to be larger, and InvalidInput for an encoding that is unknown or broken. The connection
 * stays usable for an answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(bytes);
  }
  return decompress(Buffer.concat(chunks, size), request.headers["content-encoding"] ?? "identity", limit);
}

/** Without the limit a few kilobytes could unfold to gigabytes. */
async function decompress(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const decoder = decoderOf(encoding.trim().toLowerCase());
  if (decoder === undefined) return body;
  try {
    return await decoder(body, { maxOutputLength: limit });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(limit);
    throw new InvalidInput(`The body is not valid ${encoding}.`, { cause });
  }
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return promisify(gunzip);
    case "deflate":
      return promisify(inflate);
    case "br":
      return promisify(brotliDecompress);
    default:
      throw new InvalidInput("The content encoding must be gzip, deflate, br or identity.");
  }
}

function tooLarge(limit: number): TooLarge {
  return new TooLarge(`The body is larger than ${limit} bytes; send it in parts.`, { details: { limit } });
}
