import type { Socket } from "node:net";
import { endAndLinger } from "../end-connection.ts";
import { stalledMilliseconds as longestStall } from "../end-response.ts";
import { PlainExchange } from "./plain-exchange.ts";
import { type PlainHead, plainHead } from "./plain-head.ts";

/** Serves plain requests. */
export interface PlainServer {
  /** Responds to the request, and resolves when nothing is left to do for it; undefined if it is for others to respond to. Never rejects. */
  respond(exchange: PlainExchange): Promise<void> | undefined;
}

export interface PlainConnectionOptions {
  readonly socket: Socket;
  readonly server: PlainServer;
  /** The most bytes of a head, if that is less than a plain one may have. */
  readonly headLimit?: number | undefined;
  /** Has Node's parser read the connection from now on, and first what has come and was not responded to. */
  readonly toNode: (received: Buffer) => void;
  /** Called whenever a request has been responded to. */
  readonly ended: () => void;
  /** How long a caller may take nothing of a response before the connection is cut; a minute by default. */
  readonly stalledMilliseconds?: number;
}

/** Bytes of a request, with its head, up to which it is plain. */
const mostBytes = 16 * 1024;
/** Of the head alone. */
const mostHeadBytes = 8 * 1024;
/** How long all parts of a plain request may take to come: who sends it at once sends it in one or two pieces. */
const partsMilliseconds = 100;

const endOfHead = Buffer.from("\r\n\r\n");

/**
 * A connection on which plain requests come, one after the other: small ones, that say nothing unusual (`plainHead`). They are read in
 * one piece and responded to in one, which takes a third less of the processor than Node's parser and streams take for a small request.
 * At the first thing that is not plain, be it a fault, a large body or one that comes slowly, the connection is handed to Node's server, which
 * serves it to its end: so whatever is refused, is refused by Node's parser.
 */
export class PlainConnection {
  readonly #options: PlainConnectionOptions;
  /** What has come of a request that is not whole, or behind the one that is being responded to. */
  #held: Buffer | undefined;
  /** The request of which a part has come. */
  #part: PlainRequest | undefined;
  #partTimer: NodeJS.Timeout | undefined;
  #isResponding = false;
  #hasEnded = false;
  #isNodes = false;

  constructor(options: PlainConnectionOptions) {
    this.#options = options;
    const { socket } = options;
    socket.on("data", this.#took);
    socket.on("end", this.#callerEnded);
    socket.on("error", this.#failed);
    socket.once("close", this.#closed);
  }

  /** Whether nothing has ever come on it. */
  get isFresh(): boolean {
    return this.#options.socket.bytesRead === 0;
  }

  /** Whether a request is under way. */
  get isBusy(): boolean {
    return this.#isResponding || this.#held !== undefined;
  }

  /** Whether what is under way waits for the caller: for the rest of a request, or to take a response. */
  get waitsForCaller(): boolean {
    return !this.#isResponding || this.#options.socket.writableLength > 0;
  }

  readonly #took = (chunk: Buffer): void => {
    const all = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#isResponding) {
      this.#held = all;
      // No more is taken until that has been worked on: others share the memory.
      this.#options.socket.pause();
    } else this.#read(all);
  };

  #read(all: Buffer): void {
    this.#held = undefined;
    const request = this.#part ?? plainRequest(all, this.#options.headLimit);
    if (request === undefined) this.#handOver(all);
    else if (all.length < request.bodyEnd) this.#await(request, all);
    else if (!this.#respond(request, all)) this.#handOver(all);
  }

  /** Waits for the rest of the request, for as long as all of it may take. */
  #await(request: PlainRequest, all: Buffer): void {
    this.#held = all;
    this.#part = request;
    this.#partTimer ??= setTimeout(this.#late, partsMilliseconds).unref();
  }

  readonly #late = (): void => {
    if (this.#held !== undefined) this.#handOver(this.#held);
  };

  #noPart(): void {
    if (this.#part === undefined) return;
    clearTimeout(this.#partTimer);
    this.#partTimer = undefined;
    this.#part = undefined;
  }

  /** False if the request is for others to respond to. */
  #respond({ head, bodyStart, bodyEnd }: PlainRequest, all: Buffer): boolean {
    this.#noPart();
    const exchange = new PlainExchange(this.#options.socket, head, all.subarray(bodyStart, bodyEnd));
    const responding = this.#options.server.respond(exchange);
    if (responding === undefined) return false;
    this.#isResponding = true;
    if (all.length > bodyEnd) this.#held = all.subarray(bodyEnd);
    void responding.then(() => this.#responded(exchange));
    return true;
  }

  #responded({ isLast, sentStatus }: PlainExchange): void {
    const { socket } = this.#options;
    if (socket.destroyed) return;
    // The others behind it would take this one's response for theirs.
    if (sentStatus === undefined) socket.destroy();
    else if (isLast) this.#close();
    else if (socket.writableLength > 0) this.#awaitTaking();
    else this.#next();
  }

  #close(): void {
    const { socket } = this.#options;
    if (socket.writableLength > 0) this.#limitStall();
    this.#held = undefined;
    socket.off("data", this.#took);
    endAndLinger(socket);
  }

  /** Reads on once the caller has taken what was sent. */
  #awaitTaking(): void {
    const { socket } = this.#options;
    const isTaken = this.#limitStall();
    socket.write("", () => {
      isTaken();
      if (!socket.destroyed) this.#next();
    });
  }

  /** Cuts the connection if the caller takes nothing of what was sent for a minute. Returns what ends that. */
  #limitStall(): () => void {
    const { socket, stalledMilliseconds = longestStall } = this.#options;
    const cut = () => socket.destroy();
    socket.setTimeout(stalledMilliseconds, cut);
    return () => socket.setTimeout(0, cut);
  }

  #next(): void {
    const { socket, ended } = this.#options;
    this.#isResponding = false;
    ended();
    const held = this.#held;
    if (held !== undefined) this.#read(held);
    // What is behind the next request comes after it.
    if (this.#isResponding || this.#isNodes) return;
    if (socket.isPaused()) socket.resume();
    if (this.#hasEnded && this.#held === undefined) socket.end();
  }

  #handOver(all: Buffer): void {
    const { socket, toNode } = this.#options;
    this.#isNodes = true;
    this.#noPart();
    this.#held = undefined;
    socket.off("data", this.#took);
    socket.off("end", this.#callerEnded);
    socket.off("error", this.#failed);
    socket.off("close", this.#closed);
    toNode(all);
    if (socket.isPaused()) socket.resume();
    // Which it would have been told of.
    if (this.#hasEnded) socket.emit("end");
  }

  readonly #callerEnded = (): void => {
    this.#hasEnded = true;
    if (this.#isResponding) return;
    // A request that was broken off.
    if (this.#held !== undefined) this.#handOver(this.#held);
    else this.#options.socket.end();
  };

  /** A caller who goes away is no fault of ours; the connection is closed next. */
  readonly #failed = (): void => undefined;

  readonly #closed = (): void => this.#noPart();
}

interface PlainRequest {
  readonly head: PlainHead;
  /** Where in the bytes that have come its body begins and ends. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** The plain request that the bytes begin with, of whose body some may be still to come; undefined if it is not plain. */
function plainRequest(all: Buffer, headLimit = mostHeadBytes): PlainRequest | undefined {
  const end = all.indexOf(endOfHead);
  if (end === -1 || end > mostHeadBytes || end > headLimit) return undefined;
  const head = plainHead(all.toString("latin1", 0, end));
  if (head === undefined) return undefined;
  const bodyStart = end + endOfHead.length;
  const bodyEnd = bodyStart + head.length;
  return bodyEnd > mostBytes ? undefined : { head, bodyStart, bodyEnd };
}
