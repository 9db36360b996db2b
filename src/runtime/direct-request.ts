import { IncomingMessage } from "node:http";

/** Who waits for a body. */
export interface BodyTaker {
  took(chunk: Buffer): void;
  /** The body is whole; nothing more comes. */
  ended(): void;
  /** The caller went away before that. */
  gone(cause: unknown): void;
}

/** Whatever server a request came to: hands its body to who waits for it. Returns a function that leaves the rest where it is. */
export function takeBody(request: IncomingMessage, taker: BodyTaker): () => void {
  if (request instanceof DirectRequest && !request.hasBegun) return request.handTo(taker);
  const took = (chunk: Buffer) => taker.took(chunk);
  request.on("data", took);
  request.on("end", () => taker.ended());
  request.on("error", (cause) => taker.gone(cause));
  return () => request.off("data", took);
}

/**
 * A request whose body may be taken as Node's parser reads it, by the methods through which the parser fills the stream. As a
 * stream it takes five turns of the queue to come and to end, which is a quarter of what Node does for a small request.
 * Read in any other way it is the stream that it always was. One whose body was taken never ends as a stream, so that Node keeps the
 * last one of a connection that is kept alive until the next comes. To destroy it does nothing to its connection, as with a stream that
 * has ended.
 */
export class DirectRequest extends IncomingMessage {
  #taker: BodyTaker | undefined;
  #hasBegun = false;
  /** Whether the whole of it was taken, so that the stream has nothing to end. */
  #isTaken = false;

  /** Whether some of the body is in the stream, from where it must be read then. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  handTo(taker: BodyTaker): () => void {
    this.#taker = taker;
    return () => {
      this.#taker = undefined;
    };
  }

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    const taker = this.#taker;
    if (taker === undefined) {
      this.#hasBegun = true;
      return super.push(chunk, encoding);
    }
    if (chunk !== null) {
      taker.took(chunk);
      return true;
    }
    this.#taker = undefined;
    this.#isTaken = true;
    taker.ended();
    return false;
  }

  /** Node calls it of a request that was responded to, to get at what was not read. */
  override resume(): this {
    return this.#isTaken ? this : super.resume();
  }

  override destroy(error?: Error): this {
    const taker = this.#taker;
    this.#taker = undefined;
    taker?.gone(error);
    return super.destroy(error);
  }

  /** Node takes a stream that has not ended for a request that was broken off, and cuts its connection. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#isTaken) callback();
    else super._destroy(error, callback);
  }
}
