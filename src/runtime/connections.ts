import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endConnection, type Refusal } from "./end-connection.ts";
import type { Listener } from "./listener.ts";
import type { PlainConnection } from "./plain/plain-connection.ts";

/**
 * How many requests may wait for the one before them on a connection of Node's. It parses all of what has come, and whoever sends more
 * behind a request than a proxy ever would makes objects of a hundred times as many bytes.
 */
const mostBehind = 100;

/** The connections of a server that are open, and what is under way on each. */
export class Connections {
  readonly #all = new Map<Socket, Connection>();
  #listener: Listener | undefined;

  get size(): number {
    return this.#all.size;
  }

  add(socket: Socket): Connection {
    const connection = { open: [], plain: undefined, refusal: undefined, bytes: 0, quietSince: performance.now() };
    this.#all.set(socket, connection);
    socket.once("close", () => this.#all.delete(socket));
    return connection;
  }

  /** Has `listener` take requests from now on: of each connection one after the other, as their responses go out. */
  serve(listener: Listener): void {
    this.#listener = listener;
  }

  /** A request that Node has read. */
  came(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const { open } = this.#all.get(socket) ?? this.add(socket);
    open.push(response);
    response.on("close", this.#closed);
    if (open.length === 1) void this.#listener?.(request, response);
    else if (open.length > mostBehind) socket.destroy();
  }

  /** One for all responses, which takes less than to make one for each. */
  readonly #closed = closedBy((response) => {
    const { socket } = response.req;
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.quietSince = performance.now();
    const wasNext = connection.open[0] === response;
    connection.open = connection.open.filter((other) => other !== response);
    const [next] = connection.open;
    if (connection.refusal !== undefined && next?.req.complete !== true) endRefused(socket, next, connection.refusal);
    // Not behind a response that was the last one.
    else if (wasNext && next !== undefined && socket.writable) void this.#listener?.(next.req, next);
  });

  /** Ends a connection on which something came that is refused: when the requests before it have their responses. */
  refuse(socket: Socket, refusal: Refusal): void {
    const connection = this.#all.get(socket) ?? this.add(socket);
    // Whatever else comes is refused as well.
    if (connection.refusal !== undefined) return;
    socket.pause();
    connection.refusal = refusal;
    const [oldest] = connection.open;
    if (oldest?.req.complete !== true) endRefused(socket, oldest, connection.refusal);
  }

  /** Notes on which connections something has come or gone since the last look. */
  look(now: number): void {
    for (const [socket, connection] of this.#all) {
      const bytes = socket.bytesRead + socket.bytesWritten;
      if (bytes === connection.bytes) continue;
      connection.bytes = bytes;
      connection.quietSince = now;
    }
  }

  /**
   * Of the connections that wait for their caller, the one that has waited longest: first of those on which no request is under way,
   * then of those of which the caller must send the rest of a body or take a response. Undefined if all wait for this process.
   */
  mostWaiting(): Socket | undefined {
    let found: { readonly socket: Socket; readonly isIdle: boolean; readonly since: number } | undefined;
    for (const [socket, connection] of this.#all) {
      const { quietSince: since } = connection;
      const idle = isIdle(connection);
      if (!idle && !waitsForCaller(connection)) continue;
      const isLonger = found === undefined || (idle === found.isIdle ? since < found.since : idle);
      if (isLonger) found = { socket, isIdle: idle, since };
    }
    return found?.socket;
  }

  /**
   * Closes those on which nothing has come or gone for `longest` milliseconds, or `first` where nothing has ever come and Node does not
   * look after it, and no request is under way.
   */
  closeQuiet(now: number, longest: number, first: number = longest): void {
    this.look(now);
    for (const [socket, connection] of this.#all) {
      const limit = connection.plain?.isFresh === true ? Math.min(longest, first) : longest;
      if (isIdle(connection) && now - connection.quietSince >= limit) socket.end(() => socket.destroy());
    }
  }
}

export interface Connection {
  /** To the requests that have come, in that order; the first one is being worked on. */
  open: ServerResponse[];
  /** As long as Node does not read it. */
  plain: PlainConnection | undefined;
  /** Of what came behind those requests. */
  refusal: Refusal | undefined;
  /** Those that had come and gone when this was last looked at. */
  bytes: number;
  /** Since when no byte has come or gone, as far as was looked, or when the last request ended, by `performance.now()`. */
  quietSince: number;
}

function closedBy(closed: (response: ServerResponse) => void): (this: ServerResponse) => void {
  return function (this: ServerResponse) {
    closed(this);
  };
}

/** Where `broken` is a request of whose body a part is what is refused. */
function endRefused(socket: Socket, broken: ServerResponse | undefined, refusal: Refusal): void {
  if (broken?.headersSent === true) socket.destroySoon();
  else endConnection(socket, refusal);
}

function isIdle({ open, plain }: Connection): boolean {
  return plain === undefined ? open.length === 0 : !plain.isBusy;
}

/** Whether the request that is next on its connection waits for the rest of itself to come, or for its response to be taken. */
function waitsForCaller({ open, plain }: Connection): boolean {
  if (plain !== undefined) return plain.waitsForCaller;
  // The others wait behind it, whatever their callers do.
  const [oldest] = open;
  return oldest !== undefined && (!oldest.req.complete || oldest.writableEnded || oldest.writableNeedDrain);
}
