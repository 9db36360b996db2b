import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { type Connection, Connections } from "./connections.ts";
import { jsonType, refusalOf } from "./end-connection.ts";
import type { Listening } from "./listener.ts";
import { pause } from "./pause.ts";
import { PlainConnection, type PlainServer } from "./plain/plain-connection.ts";

/** A server whose connections can be ended without an error for anyone who sends requests on them. */
export interface HttpServer {
  readonly node: Server;
  /** Whether no more connections are taken: then each response must be the last one on its connection. */
  readonly isStopping: () => boolean;
  /** Has all requests served from now on: plain ones on their connections if `plain` is given, the others by Node. */
  serve(listening: Pick<Listening, "listener"> & Partial<Listening>): void;
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
  // Node's own response to this has no body.
  node.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify({ error: "Expect can be 100-continue only." });
    response.writeHead(417, { ...jsonType, "content-length": Buffer.byteLength(body), connection: "close" }).end(body);
  });
  return drainable(node, {
    connectionsLimit,
    headersLimit,
    headersMilliseconds,
    idleMilliseconds,
    begin: takeOver(node),
  });
}

const noProxy = {
  ...{ status: "405 Method Not Allowed", message: "This is no proxy: CONNECT is not taken." },
  headers: ["allow: GET, HEAD, POST"],
};

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
  extends Pick<HttpServerOptions, "connectionsLimit" | "headersLimit" | "headersMilliseconds" | "idleMilliseconds"> {
  /** Has Node's server read a connection; undefined where it reads each from its beginning, and ends it as it likes. */
  readonly begin?: (socket: Socket) => void;
}

/** A server that may be listening already, which the framework's is. Without `idleMilliseconds` Node closes its idle connections. */
export function drainable(
  node: Server,
  {
    connectionsLimit = mostConnections,
    headersLimit,
    headersMilliseconds,
    idleMilliseconds,
    begin,
  }: DrainableOptions = {},
): HttpServer {
  const connections = new Connections();
  let plainServer: PlainServer | undefined;
  let accepted = 0;
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
      headLimit: headersLimit,
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
    if (connections.size >= connectionsLimit) (connections.mostWaiting() ?? socket).destroy();
    if (!socket.destroyed) read(socket, connections.add(socket));
    if (connections.size > connectionsLimit / 2) watch();
  });
  let watching: NodeJS.Timeout | undefined;
  /** While there are many, so that it is known who has sent or taken something lately when one must give way. */
  const watch = () => {
    watching ??= setInterval(() => {
      connections.look(performance.now());
      if (connections.size > connectionsLimit / 2) return;
      clearInterval(watching);
      watching = undefined;
    }, lookMilliseconds).unref();
  };
  if (idleMilliseconds !== undefined) {
    const close = () => connections.closeQuiet(performance.now(), idleMilliseconds, headersMilliseconds);
    const closing = setInterval(close, idleMilliseconds / 12).unref();
    node.once("close", () => clearInterval(closing));
  }
  // Before other listeners, which may respond at once.
  node.prependListener("request", (request: IncomingMessage, response: ServerResponse) =>
    connections.came(request, response),
  );
  if (begin !== undefined) {
    node.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === "ECONNRESET") socket.destroy();
      else connections.refuse(socket, refusalOf(error.code));
    });
    node.on("connect", (_request: IncomingMessage, socket: Socket) => {
      // Node listens no more, and a caller who goes away is no fault of ours.
      socket.on("error", () => undefined);
      connections.refuse(socket, noProxy);
    });
  }

  let stopping = false;
  return {
    node,
    isStopping: () => stopping,
    serve({ listener, plain }) {
      plainServer = plain;
      connections.serve(listener);
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
        connections.closeQuiet(performance.now(), quietMilliseconds);
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
