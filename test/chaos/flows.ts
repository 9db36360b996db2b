import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { actionEvent } from "#runtime/event-kinds.ts";
import { command } from "../cluster/kubectl.ts";
import { eventually, predict, publish, type Reply, send, stranger, throughGateway } from "../cluster/requests.ts";
import { riskChanged } from "../cluster/webhook-receiver.ts";
import type { Ledger } from "./ledger.ts";

/** A request that was not taken, and when its response was there, in milliseconds since 1970. */
export interface Failure {
  readonly what: string;
  readonly at: number;
}

/** What came of the requests of one kind. */
export class Tally {
  good = 0;
  /** The sender repeats what it sends until it is taken. */
  readonly failures: Failure[] = [];
  /** Responses that must never be given, whatever fails. */
  readonly wrong: string[] = [];

  failed(what: string): void {
    this.failures.push({ what, at: Date.now() });
  }
}

export interface Flow {
  readonly name: string;
  readonly tally: Tally;
  /** Until `isOver` returns true, and what was begun is acknowledged. */
  run(isOver: () => boolean): Promise<void>;
}

/** Yesterday, so that the next night's features cover it. */
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString();

/**
 * One sender over HTTP: single actions and batches, each repeated until it is acknowledged, and some once more after that. Every
 * tenth request is of a user of whom nothing else is ever sent: what is missed of such a user is not found later by chance.
 */
export function sender(name: string, ledger: Ledger): Flow {
  const tally = new Tally();
  return {
    name: "actions over HTTP",
    tally,
    async run(isOver) {
      for (let batch = 0; !isOver(); batch++) {
        const size = batch % 4 === 3 ? 50 : 1;
        const user = batch % 10 === 0 ? `${name}-${batch}` : name;
        const items = Array.from({ length: size }, (_, n) => {
          const item = { user_id: user, action: "login", timestamp: yesterday(), event_id: `${name}-${batch}-${n}` };
          return JSON.stringify(item);
        });
        const request = { body: items.join("\n"), headers: { "content-type": "application/x-ndjson" } };
        const send = () => throughGateway("ingest", "/", request);
        await untilGood(send, tally);
        ledger.acknowledge(name, user, size);
        if (batch % 10 === 9) await untilGood(send, tally);
        await pause(20);
      }
    },
  };
}

/** One sender of CloudEvents to the Broker. */
export function publisher(user: string, ledger: Ledger): Flow {
  const tally = new Tally();
  return {
    name: "actions to the Broker",
    tally,
    async run(isOver) {
      const [type, source] = [actionEvent.type, `/chaos/${user}`];
      while (!isOver()) {
        const event = { id: randomUUID(), type, source, subject: user, time: yesterday(), data: { action: "login" } };
        await untilGood(async () => {
          await publish(event);
          return { status: 200, body: undefined };
        }, tally);
        ledger.acknowledge(user, user, 1);
        await pause(200);
      }
    },
  };
}

/** One sender of users whose risk has changed, each of whom the webhook has to tell its receiver: `tell` keeps them. */
export function teller(run: string, tell: (user: string) => void): Flow {
  const tally = new Tally();
  return {
    name: "changes of risk to the Broker",
    tally,
    async run(isOver) {
      for (let n = 0; !isOver(); n++) {
        const event = riskChanged(`${run}-${n}`, `/chaos/${run}`);
        await untilGood(async () => {
          await publish(event);
          return { status: 200, body: undefined };
        }, tally);
        tell(event.data.user_id);
        await pause(1_000);
      }
    },
  };
}

/**
 * One person at the desk, who creates a campaign of ten users every ten seconds. At the end each that was created must have the
 * list that it was created with.
 */
export function campaigner(run: string): Flow {
  const tally = new Tally();
  const audienceOf = async (id: string) => {
    const { status, body } = await desk(`/${id}/audience`);
    if (status !== 200) throw new Error(`The desk responds with ${status}.`);
    return JSON.stringify(body);
  };
  return {
    name: "campaigns at the desk",
    tally,
    async run(isOver) {
      const created = new Map<string, string>();
      for (let n = 0; !isOver(); n++) {
        const id = `${run}-${n}`;
        const reply = await attempt(() => desk("", { id, name: id, state: "here", top: 10, control_share: 0.5 }));
        if (reply.status === 201) {
          tally.good++;
          created.set(id, await eventually(() => audienceOf(id), 300));
        } else tally.failed(told(reply));
        const next = Date.now() + 10_000;
        while (!isOver() && Date.now() < next) await pause(500);
      }
      for (const [id, audience] of created) {
        const found = await eventually(() => audienceOf(id)).catch(firstLine);
        if (found !== audience) tally.wrong.push(`The list of ${id} was ${audience}, and is ${found}.`);
      }
    },
  };
}

/** The desk's API, at its address within the cluster. */
function desk(path: string, body?: object): Promise<Reply> {
  const url = `http://desk.lapse.svc.cluster.local/v1/campaigns${path}`;
  return send(url, { "content-type": "application/json" }, body && JSON.stringify(body));
}

const predictionsSchema = z.object({
  predictions: z.tuple([
    z.object({
      probability: z.number().min(0).max(1),
      risk: z.enum(["low", "medium", "high"]),
      model_version: z.string(),
    }),
  ]),
});

/** One caller for predictions of a stored user. */
export function askerById(knownUser: string): Flow {
  return asker("predictions by user id", () => ({ user_id: knownUser }));
}

/** One caller for predictions of a user whose actions come along, for which no store is read. */
export function askerByActions(): Flow {
  return asker("predictions by actions", stranger);
}

function asker(name: string, instance: () => object): Flow {
  const tally = new Tally();
  return {
    name,
    tally,
    async run(isOver) {
      while (!isOver()) {
        const reply = await attempt(() => predict([instance()]));
        if (reply.status !== 200) tally.failed(told(reply));
        else if (predictionsSchema.safeParse(reply.body).success) tally.good++;
        else tally.wrong.push(told(reply));
        await pause(50);
      }
    },
  };
}

/** Nights in quick succession: features, and in every third one training too. */
export function nights(everyMs: number): Flow {
  const tally = new Tally();
  return {
    name: "nightly jobs begun",
    tally,
    async run(isOver) {
      for (let night = 0; !isOver(); night++) {
        for (const job of night % 3 === 2 ? ["features", "train"] : ["features"])
          await command("job", job).then(
            () => tally.good++,
            (error: unknown) => tally.failed(firstLine(error)),
          );
        const end = Date.now() + everyMs;
        while (!isOver() && Date.now() < end) await pause(500);
      }
    },
  };
}

/** As a sender should: again and again, whatever goes wrong, until the response is 200. */
async function untilGood(send: () => Promise<Reply>, tally: Tally): Promise<void> {
  for (;;) {
    const reply = await attempt(send);
    if (reply.status === 200) break;
    tally.failed(told(reply));
    await pause(500);
  }
  tally.good++;
}

async function attempt(ask: () => Promise<Reply>): Promise<Reply> {
  return ask().catch((error: unknown) => ({ status: 0, body: firstLine(error) }));
}

function told({ status, body }: Reply): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return `${status === 0 ? "no response" : status} ${text.trim().slice(0, 160)}`;
}

function firstLine(error: unknown): string {
  return String(error).split("\n")[0] ?? "";
}
