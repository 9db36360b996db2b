import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { readEvent } from "#runtime/event-request.ts";
import { type LapseEvent, toBinary } from "#runtime/events.ts";

/**
 * A Broker as functions see one: takes events over HTTP, passes each on to the functions that its type is for, and the events
 * that these reply with as well. Without retries: a delivery that fails is thrown.
 */
export class PassingBroker {
  /** What BROKER_URL is to say. */
  readonly url: string;
  /** Every event that it took, in that order. */
  readonly taken: LapseEvent[] = [];
  /** The URLs of the functions that events of a type go to, as Triggers have it. */
  readonly triggers = new Map<string, readonly string[]>();
  readonly #server: Server;
  readonly #deliveries = new Set<Promise<void>>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(): Promise<PassingBroker> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const broker = new PassingBroker(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.on("request", async (request, response) => {
      const body = await buffer(request);
      broker.take(readEvent({ method: "POST", path: "/", headers: request.headers, body }));
      response.writeHead(202).end();
    });
    return broker;
  }

  take(event: LapseEvent): void {
    this.taken.push(event);
    for (const url of this.triggers.get(event.type) ?? []) {
      const delivery = this.#deliver(event, url).finally(() => this.#deliveries.delete(delivery));
      // Thrown where it is waited for.
      delivery.catch(() => undefined);
      this.#deliveries.add(delivery);
    }
  }

  /** Resolves when everything is delivered, and what follows from it. Rejects if a delivery fails. */
  async idle(): Promise<void> {
    while (this.#deliveries.size > 0) await Promise.all(this.#deliveries);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #deliver(event: LapseEvent, url: string): Promise<void> {
    const { headers, body } = toBinary(event);
    const response = await fetch(url, { method: "POST", headers, body });
    const reply = { headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) };
    if (!response.ok) throw new Error(`${event.type} was answered ${response.status}: ${reply.body}`);
    if (response.headers.has("ce-type")) this.take(readEvent({ method: "POST", path: "/", ...reply }));
  }
}
