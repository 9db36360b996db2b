import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What happens to a request: it passes, gets no response, or reaches the server but its response never arrives. */
export type Fate = "pass" | "hold" | "lose the answer" | "reset";

/** A proxy in front of a server that a test can break. */
export class BreakableProxy {
  /** Decides by the first line of each request. */
  fate: (request: string) => Fate = () => "pass";
  readonly #target: URL;
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(target: URL) {
    this.#target = target;
  }

  static async start(target: string): Promise<BreakableProxy> {
    const proxy = new BreakableProxy(new URL(target));
    await proxy.open();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
  }

  /** Refuses connections and ends the open ones. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    let isAnswered = true;
    client.on("data", (chunk) => {
      // A client sends a request after the response to the one before, so each begins a chunk.
      const line = /^[A-Z]+ [^\r]+/.exec(chunk.toString("latin1"))?.[0];
      const fate = line === undefined ? "pass" : this.fate(line);
      if (fate === "reset") client.resetAndDestroy();
      else if (fate !== "hold") server.write(chunk);
      if (fate === "lose the answer") isAnswered = false;
      // The rest of that request must not pass either.
      if (fate === "hold") client.removeAllListeners("data").resume();
    });
    server.on("data", (chunk) => {
      if (isAnswered) client.write(chunk);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
