import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import type { EventOf } from "#runtime/event-kind.ts";
import { userRiskChanged } from "#runtime/event-kinds.ts";
import { isSigned } from "#test/support/webhook-signature.ts";
import { addressForPods } from "./address-for-pods.ts";
import { killPodsOf } from "./kill.ts";
import { kubectl } from "./kubectl.ts";

/** The one port that the webhook may connect to. */
const port = 443;

/** Of a user or of a campaign. */
const dataSchema = z.looseObject({ user_id: z.string().optional(), campaign: z.string().optional() });

export interface Message {
  readonly id: string;
  readonly isSigned: boolean;
  readonly type: string;
  readonly data: z.infer<typeof dataSchema>;
}

/** Receives what lapse's webhook sends, on this machine, and checks it as Standard Webhooks 1.0.0 says. */
export class WebhookReceiver {
  readonly received: Message[] = [];
  /** The statuses of the first responses to messages about a user or a campaign; 204 after those. */
  readonly answers = new Map<string, number[]>();
  /** Messages about these users get 503, however often they come. */
  readonly unavailableFor = new Set<string>();
  readonly #secret = randomBytes(24);
  readonly #server: Server = createServer((request, response) => void this.#receive(request, response));

  /** Listens, and has the webhook send to it. */
  async start(): Promise<void> {
    await once(this.#server.listen(port), "listening");
    const literals = {
      WEBHOOK_URL: `http://${await addressForPods()}:${port}/hook`,
      WEBHOOK_SECRET: `whsec_${this.#secret.toString("base64")}`,
    };
    const options = Object.entries(literals).map(([name, value]) => `--from-literal=${name}=${value}`);
    await kubectl("delete", "secret", "lapse-webhook", "--ignore-not-found");
    await kubectl("create", "secret", "generic", "lapse-webhook", ...options);
    // A pod reads it when it starts; the desk offers to send lists only where it finds it.
    for (const service of ["webhook", "desk"]) await killPodsOf(service);
  }

  async stop(): Promise<void> {
    await kubectl("delete", "secret", "lapse-webhook", "--ignore-not-found");
    for (const service of ["webhook", "desk"]) await killPodsOf(service);
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** What was received about a user or a campaign. */
  messagesAbout(subject: string): Message[] {
    return this.received.filter(({ data }) => about(data) === subject);
  }

  #answerTo(subject: string): number {
    return this.unavailableFor.has(subject) ? 503 : (this.answers.get(subject)?.shift() ?? 204);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { type, data } = z.object({ type: z.string(), data: dataSchema }).parse(JSON.parse(body));
    this.received.push({
      ...{ id: String(request.headers["webhook-id"]), isSigned: isSigned(request.headers, body, this.#secret) },
      ...{ type, data },
    });
    response.writeHead(this.#answerTo(about(data))).end();
  }
}

function about({ user_id, campaign }: z.infer<typeof dataSchema>): string {
  return user_id ?? campaign ?? "";
}

/** The event of a user who is at risk from now on, as the function `changes` sends it. */
export function riskChanged(user: string, source: string): EventOf<typeof userRiskChanged> {
  const now = new Date().toISOString();
  const data = {
    user_id: user,
    snapshot: now.slice(0, 10),
    model_version: "20260101T000000Z-abcdef",
    change: "entered" as const,
    previous: { risk: "low", probability: 0.08 },
    risk: "high" as const,
    probability: 0.61,
    reasons: ["no active day in the last 12 days"],
  };
  return userRiskChanged.make({ id: user, source, subject: user, time: now, data });
}
