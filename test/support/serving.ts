import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createHttpServer, type HttpServerOptions } from "#runtime/http-server.ts";
import type { Listening } from "#runtime/listener.ts";

/** A server of ours on a free port of this machine. */
export interface Serving {
  readonly node: Server;
  readonly port: number;
  /** With a slash at its end. */
  readonly url: string;
  /** Cuts all connections, and resolves when the server is closed. */
  stop(): Promise<void>;
}

/** Serves on a free port. With `byNode` Node's parser reads every request; without, only those that are not plain. */
export async function serving(
  { listener, plain }: Listening,
  { byNode = false, ...options }: HttpServerOptions & { readonly byNode?: boolean } = {},
): Promise<Serving> {
  const http = createHttpServer(options);
  const { node } = http;
  http.serve(byNode ? { listener } : { listener, plain });
  const sockets = new Set<Socket>();
  node.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await once(node.listen(0, "127.0.0.1"), "listening");
  const { port } = node.address() as AddressInfo;
  return {
    node,
    port,
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      const closed = node.listening ? once(node, "close") : undefined;
      node.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
