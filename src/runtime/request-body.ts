import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "./failures.ts";

/**
 * Reads a request's body, decompressed where it is compressed, of at most `limit` bytes either way. Throws TooLarge as soon
 * as it is known to be larger, and InvalidInput for an encoding that is unknown or broken, or when the client goes away. The
 * connection stays usable for a response. Under the command of the functions framework it has been read already.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if ("rawBody" in request && Buffer.isBuffer(request.rawBody)) {
    if (request.rawBody.length > limit) throw tooLarge(limit);
    return request.rawBody;
  }
  const body = await readAll(request, limit);
  const encoding = request.headers["content-encoding"];
  return encoding === undefined ? body : decompress(body, encoding, limit);
}

/** By events: an iterator takes 4 µs more, a twelfth of a prediction. */
function readAll(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > limit) return reject(tooLarge(limit));
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(tooLarge(limit));
    });
    request.on("end", () => {
      if (size <= limit) resolve(Buffer.concat(chunks, size));
    });
    request.on("error", (cause) => reject(new InvalidInput("The body ended early.", { cause })));
  });
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
