import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { InvalidInput } from "#churn/failure.ts";
import type { BodyShare } from "./body-budget.ts";
import type { Deadlines } from "./deadlines.ts";
import { BodyTooSlow, CallerGone, TooLarge, UnsupportedMediaType } from "./failures.ts";

export interface ReadBodyOptions {
  /** The most bytes of the body, compressed or not. */
  readonly limit: number;
  /** Tell how long the caller may take to send it. */
  readonly deadlines: Deadlines;
  /** What the body takes of the memory that all requests share. */
  readonly share: BodyShare;
}

/**
 * Reads a request's body, decompressed if it is compressed. Throws, or rejects, as soon as it is known: TooLarge, also for a body that
 * unfolds far more than text does; BodyTooSlow; Overloaded; UnsupportedMediaType for an unknown encoding; InvalidInput for a
 * broken one; CallerGone. The connection stays usable for a response. Under the command of the functions framework the body
 * has been read already.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions): Buffer | Promise<Buffer> {
  const { limit, share } = options;
  if ("rawBody" in request && Buffer.isBuffer(request.rawBody)) {
    if (request.rawBody.length > limit) throw tooLarge(limit);
    share.grow(request.rawBody.length);
    return request.rawBody;
  }
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const decoder = decoderOf(encoding);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  return decoder === undefined ? readPlain(request, options) : readCompressed(request, decoder, encoding, options);
}

function readPlain(request: IncomingMessage, { limit, deadlines, share }: ReadBodyOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (reason: Error) => {
      deadlines.remove(late);
      request.off("data", took);
      chunks.length = 0;
      reject(reason);
    };
    const late = () => stop(tooSlow(deadlines.milliseconds));
    const took = (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > limit) throw tooLarge(limit);
        share.grow(size);
      } catch (error) {
        return stop(asError(error));
      }
      chunks.push(chunk);
    };
    deadlines.add(late);
    request.on("data", took);
    request.on("end", () => {
      deadlines.remove(late);
      const [first] = chunks;
      resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, size));
    });
    request.on("error", (cause) => stop(new CallerGone("The caller went away before the body ended.", { cause })));
  });
}

/** What is sent is not kept, so that only what comes out of it takes memory. */
function readCompressed(
  request: IncomingMessage,
  decoder: Decoder,
  encoding: string,
  { limit, deadlines, share }: ReadBodyOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sent = 0;
    let size = 0;
    const stop = (reason: Error) => {
      deadlines.remove(late);
      request.unpipe(decoder);
      decoder.destroy();
      chunks.length = 0;
      reject(reason);
    };
    const late = () => stop(tooSlow(deadlines.milliseconds));
    deadlines.add(late);
    request.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (sent > limit) stop(tooLarge(limit));
    });
    request.on("error", (cause) => stop(new CallerGone("The caller went away before the body ended.", { cause })));
    decoder.on("data", (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > limit) throw tooLarge(limit);
        if (size > ratioFrom && size > mostRatio * sent) throw unfolds();
        share.grow(size);
      } catch (error) {
        return stop(asError(error));
      }
      chunks.push(chunk);
    });
    const broken = (cause?: unknown) => stop(new InvalidInput(`The body is not valid ${encoding}.`, { cause }));
    decoder.on("end", () => {
      // Something else, or more of the like, stands behind the end of what is compressed, and would be lost.
      if (decoder.bytesWritten < sent) return broken();
      deadlines.remove(late);
      resolve(Buffer.concat(chunks, size));
    });
    decoder.on("error", broken);
    request.pipe(decoder);
  });
}

/** What decompresses, and how many bytes of what was compressed it has used. */
type Decoder = Transform & { readonly bytesWritten: number };

/** Logs shrink to a twentieth or so. What unfolds more than this was made to. */
const mostRatio = 250;
/** Bytes up to which it does not matter. */
const ratioFrom = 1024 * 1024;
const chunkSize = 64 * 1024;

/** Undefined for a body that is sent as it is. */
function decoderOf(encoding: string): Decoder | undefined {
  switch (encoding) {
    case "identity":
    case "":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip({ chunkSize });
    case "deflate":
      return createInflate({ chunkSize });
    case "br":
      return createBrotliDecompress({ chunkSize });
    default:
      throw new UnsupportedMediaType("The content encoding must be gzip, deflate, br or identity.", {
        details: { accept_encoding: "gzip, deflate, br, identity" },
      });
  }
}

/** Of a body of more bytes than it may have. */
export function tooLarge(limit: number): TooLarge {
  return new TooLarge(`The body is larger than ${limit} bytes; send it in parts.`, { details: { limit } });
}

function unfolds(): TooLarge {
  const message = `The body is more than ${mostRatio} times as large as it was sent; send it uncompressed, or in parts.`;
  return new TooLarge(message, { details: { limit: mostRatio } });
}

function tooSlow(milliseconds: number): BodyTooSlow {
  const seconds = milliseconds / 1000;
  return new BodyTooSlow(`The body did not arrive within ${seconds} s; send less at a time.`, { details: { seconds } });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
