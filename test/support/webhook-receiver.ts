import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { isSigned } from "./webhook-signature.ts";

/** What a receiver of Standard Webhooks got: the JSON of the body, once its signature has been checked. */
type Message = Readonly<Record<string, unknown>>;

/** A receiver of webhooks as a stranger writes one by standardwebhooks.com. It refuses what is not signed with its secret. */
export class WebhookReceiver {
  readonly secret = `whsec_${Buffer.from("a secret of at least 24 bytes, for tests").toString("base64")}`;
  readonly messages: Message[] = [];
  /** How many it has refused. */
  refused = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      const isTaken = isSigned(request.headers, body, Buffer.from(this.secret.slice("whsec_".length), "base64"));
      if (isTaken) this.messages.push(JSON.parse(body));
      else this.refused += 1;
      response.writeHead(isTaken ? 204 : 401).end();
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((listening) => receiver.#server.listen(0, "127.0.0.1", listening));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
