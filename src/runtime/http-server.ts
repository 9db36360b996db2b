import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { Listening } from "./listener.ts";
import { pause } from "./pause.ts";
import { PlainConnection, type PlainServer } from "./plain/plain-connection.ts";

/** A server whose connections can be ended without an error for anyone who sends requests on them. */
export interface HttpServer {
  readonly node: Server;
  /** Whether no more connections are taken: then each response must be the last one on its connection. */
  readonly isStopping: () => boolean;
  /** Has all requests served from now on: plain ones on their connections, the others by Node. */
  serve(listening: Listening): void;
  /** Takes no more connections, and resolves when the requests on those that are open have ended and they are closed. */
  drain(): Promise<void>;
}

/**
 * How long a connection that is kept alive may be silent before it is closed. A client under load sends its next request
 * within this time, and is told in the response that it is the last one; to close at once would cut off a request that is
 * on its way.
 */
const quietMilliseconds = 1_000;
const checkMilliseconds = 50;

/** How often it is looked on which connections something comes or goes, while more than half of those that may be open are. */
const lookMilliseconds = 500;

/**
 * The connections that are open at the same time: each takes a file of the process, of which the database needs some as well, and
 * some kilobytes of memory. Beyond them one that waits gives way, so that whoever opens many and sends or takes nothing keeps nobody out.
 */
const mostConnections = 3_000;

export interface HttpServerOptions {
  /** The most connections that are open at the same time, 3,000 by default. */
  readonly connectionsLimit?: number;
  /** The most bytes of a request's headers, 16 KiB by default. */
  readonly headersLimit?: number;
  /** How long the headers of a request may take to come, and a new connection may be silent, in milliseconds, 30 seconds by default. */
  readonly headersMilliseconds?: number;
  /** How long a connection may be idle before it is closed, in milliseconds, two minutes by default. */
  readonly idleMilliseconds?: number;
}

/** Makes a server with limits on connections as Node and the platforms in front of it need them. */
export function createHttpServer({
  headersLimit = 16 * 1024,
  connectionsLimit = mostConnections,
  headersMilliseconds = 30_000,
  idleMilliseconds = longestIdle,
}: HttpServerOptions = {}): HttpServer {
  // Node looks every 30 seconds by default, and so held a connection without headers for up to a minute.
  const limits = { maxHeaderSize: headersLimit, connectionsCheckingInterval: 2_000 };
  // A request without a host is refused by the responder, in JSON.
  const node = createServer({ requireHostHeader: false, ...limits });
  // Node would set a timer of each connection anew for each request, which takes a small one longer than to be parsed.
  node.keepAliveTimeout = 0;
  node.headersTimeout = headersMilliseconds;
  // How long a body may take is told by the responder, in JSON.
  node.requestTimeout = 0;
  node.on("clientError", refuse);
  // Node's own responses to these have no body, or there is none.
  node.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    end(socket, "405 Method Not Allowed", "This is no proxy: CONNECT is not taken.", ["allow: GET, HEAD, POST"]);
  });
  node.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify({ error: "Expect can be 100-continue only." });
    response.writeHead(417, { ...jsonType, "content-length": Buffer.byteLength(body), connection: "close" }).end(body);
  });
  return drainable(node, { connectionsLimit, headersMilliseconds, idleMilliseconds, begin: takeOver(node) });
}

/** Longer than the queue proxy in front keeps one idle: who sends requests must be the one to close. */
const longestIdle = 120_000;

/** Takes the server's connections from Node, and returns what gives one back. */
function takeOver(node: Server): (socket: Socket) => void {
  const [listener, ...others] = node.listeners("connection");
  if (listener === undefined || others.length > 0)
    throw new TypeError("Node's HTTP server listens for connections in another way.");
  node.removeAllListeners("connection");
  return (socket) => void listener.call(node, socket);
}

interface DrainableOptions
  extends Pick<HttpServerOptions, "connectionsLimit" | "headersMilliseconds" | "idleMilliseconds"> {
  /** Has Node's server read a connection; undefined where it reads each from its beginning. */
  readonly begin?: (socket: Socket) => void;
}

/** A server that may be listening already, which the framework's is. Without `idleMilliseconds` Node closes its idle connections. */
export function drainable(
  node: Server,
  { connectionsLimit = mostConnections, headersMilliseconds, idleMilliseconds, begin }: DrainableOptions = {},
): HttpServer {
  const connections = new Map<Socket, Connection>();
  let plainServer: PlainServer | undefined;
  let accepted = 0;
  const added = (socket: Socket): Connection => {
    const connection: Connection = { open: [], plain: undefined, bytes: 0, quietSince: performance.now() };
    connections.set(socket, connection);
    socket.once("close", () => connections.delete(socket));
    return connection;
  };
  /** Has a new connection read. */
  const read = (socket: Socket, connection: Connection) => {
    if (begin === undefined) return;
    if (plainServer === undefined) {
      begin(socket);
      return;
    }
    connection.plain = new PlainConnection({
      socket,
      server: plainServer,
      toNode: (received) => {
        connection.plain = undefined;
        begin(socket);
        socket.emit("data", received);
      },
      ended: () => {
        connection.quietSince = performance.now();
      },
    });
  };
  node.on("connection", (socket: Socket) => {
    accepted += 1;
    if (connections.size >= connectionsLimit) (mostWaiting(connections) ?? socket).destroy();
    if (!socket.destroyed) read(socket, added(socket));
    if (connections.size > connectionsLimit / 2) watch();
  });
  let watching: NodeJS.Timeout | undefined;
  /** While there are many, so that it is known who has sent or taken something lately when one must give way. */
  const watch = () => {
    watching ??= setInterval(() => {
      look(connections, performance.now());
      if (connections.size > connectionsLimit / 2) return;
      clearInterval(watching);
      watching = undefined;
    }, lookMilliseconds).unref();
  };
  if (idleMilliseconds !== undefined) {
    const close = () => closeQuiet(connections, performance.now(), idleMilliseconds, headersMilliseconds);
    const closing = setInterval(close, idleMilliseconds / 12).unref();
    node.once("close", () => clearInterval(closing));
  }
  // Before the listener, which may respond at once.
  node.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connections.get(socket) ?? added(socket);
    connection.open.push(response);
    response.on("close", closed);
  });
  /** One for all responses, which takes less than to make one for each. */
  function closed(this: ServerResponse): void {
    const connection = connections.get(this.req.socket);
    if (connection === undefined) return;
    if (connection.open[0] === this) connection.open.shift();
    else connection.open = connection.open.filter((other) => other !== this);
    connection.quietSince = performance.now();
  }

  let stopping = false;
  return {
    node,
    isStopping: () => stopping,
    serve({ listener, plain }) {
      plainServer = plain;
      node.on("request", listener);
    },
    async drain() {
      await quietMoment(() => accepted);
      // As Node's HTTP server does it, but for the connections that are idle, which it would cut off here.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(node, () => resolve()));
      // Not before: who was told to close a connection opens another, which would wait in vain.
      stopping = true;
      while (connections.size > 0) {
        // What has come while this process was too busy to look is read first.
        await pause();
        closeQuiet(connections, performance.now(), quietMilliseconds);
        if (connections.size > 0) await setTimeout(checkMilliseconds);
      }
      await closed;
      // Ends Node's own timer of the server; that it is closed already is no news.
      node.close(() => undefined);
    },
  };
}

/**
 * Resolves when no connection has come for a while, or after a second at a moment when none is waiting to be accepted. The
 * kernel resets those that wait when a server is closed, and the platforms send no more to a process that was told to stop.
 */
async function quietMoment(accepted: () => number): Promise<void> {
  const began = performance.now();
  let before = accepted();
  let lastCame = began;
  for (;;) {
    await pause();
    const now = performance.now();
    const came = accepted() > before;
    before = accepted();
    if (came) lastCame = now;
    if (now - lastCame >= gapMilliseconds) return;
    // The event loop has just looked for connections, and there was none.
    if (now - began >= longestGapWait && !came) return;
    if (now - began >= 2 * longestGapWait) return;
    if (now - began < longestGapWait) await setTimeout(checkMilliseconds / 10);
  }
}

const gapMilliseconds = 100;
const longestGapWait = 1_000;

interface Connection {
  /** To the requests under way, in the order in which they came and are responded to. */
  open: ServerResponse[];
  /** As long as Node does not read it. */
  plain: PlainConnection | undefined;
  /** Those that had come and gone when this was last looked at. */
  bytes: number;
  /** Since when no byte has come or gone, as far as was looked, or when the last request ended, by `performance.now()`. */
  quietSince: number;
}

/** Notes on which connections something has come or gone since the last look. */
function look(connections: ReadonlyMap<Socket, Connection>, now: number): void {
  for (const [socket, connection] of connections) {
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
function mostWaiting(connections: ReadonlyMap<Socket, Connection>): Socket | undefined {
  let found: { readonly socket: Socket; readonly isIdle: boolean; readonly since: number } | undefined;
  for (const [socket, connection] of connections) {
    const { quietSince: since } = connection;
    const idle = isIdle(connection);
    if (!idle && !waitsForCaller(connection)) continue;
    const isLonger = found === undefined || (idle === found.isIdle ? since < found.since : idle);
    if (isLonger) found = { socket, isIdle: idle, since };
  }
  return found?.socket;
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

/**
 * Closes those on which nothing has come or gone for `longest` milliseconds, or `first` where nothing has ever come and Node does not
 * look after it, and no request is under way.
 */
function closeQuiet(
  connections: ReadonlyMap<Socket, Connection>,
  now: number,
  longest: number,
  first: number = longest,
): void {
  look(connections, now);
  for (const [socket, connection] of connections) {
    const limit = connection.plain?.isFresh === true ? Math.min(longest, first) : longest;
    if (isIdle(connection) && now - connection.quietSince >= limit) socket.end(() => socket.destroy());
  }
}

/** Of a request that Node cannot read, or of which the headers do not come: without a body it could not be told why. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  // A caller who went away is not told anything.
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  end(socket, ...refusalOf(error.code));
}

const jsonType = { "content-type": "application/json; charset=utf-8" };

/** The last response on a connection that no response object of Node belongs to. */
function end(socket: Duplex, status: string, message: string, headers: readonly string[] = []): void {
  const body = JSON.stringify({ error: message });
  const head = [
    `HTTP/1.1 ${status}`,
    ...headers,
    `content-type: ${jsonType["content-type"]}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalOf(code: string | undefined): readonly [status: string, message: string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return ["431 Request Header Fields Too Large", "The headers are too large."];
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return ["413 Payload Too Large", "The extensions of the chunks are too large."];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return ["408 Request Timeout", "The request did not arrive in time."];
    default:
      return ["400 Bad Request", "This is not a valid HTTP request."];
  }
}
