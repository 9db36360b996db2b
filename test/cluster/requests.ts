import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { pingType } from "#runtime/event-kinds.ts";
import { type LapseEvent, toBinary } from "#runtime/events.ts";
import { brokerClass } from "./overlay.ts";

/** Addresses within the cluster's network. In another cluster the gateway may be elsewhere. */
export const gateway = process.env.LAPSE_GATEWAY_URL ?? "http://kourier.kourier-system.svc.cluster.local";

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Sends a request to a Service through the gateway, as callers from outside do. */
export function throughGateway(
  service: "ingest" | "ingest-events" | "churn-predictor" | "desk" | "hello",
  path: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
  entrance = gateway,
): Promise<Reply> {
  return send(`${entrance}${path}`, { ...headers, host: `${service}.lapse.example.com` }, body);
}

/** Asks for predictions in KServe's V1 protocol. */
export function predict(instances: readonly object[], entrance = gateway): Promise<Reply> {
  const [body, headers] = [JSON.stringify({ instances }), { "content-type": "application/json" }];
  return throughGateway("churn-predictor", "/v1/models/churn:predict", { body, headers }, entrance);
}

/** A user with the actions in the request, so that no store is read. */
export function stranger(): object {
  return { actions: [{ action: "login", timestamp: new Date().toISOString() }] };
}

/** The address of a Broker of a class, by default that on which the suites run. */
export function brokerUrl(on = brokerClass): string {
  if (process.env.LAPSE_BROKER_URL !== undefined) return process.env.LAPSE_BROKER_URL;
  switch (on) {
    case "MTChannelBasedBroker":
      return "http://broker-ingress.knative-eventing.svc.cluster.local/lapse/default";
    case "RabbitMQBroker":
      return "http://default-broker-ingress.lapse.svc.cluster.local";
  }
}

/** Sends an event to the Broker. Throws if that does not take it. */
export async function publish(event: LapseEvent, write = toBinary, url = brokerUrl()): Promise<void> {
  const status = await offer(event, undefined, write, url);
  if (status !== 202) throw new Error(`The Broker responded with ${status}.`);
}

/** Sends an event to the Broker, or to the function at `url`, with a token, and returns the status of the response. */
export async function offer(event: LapseEvent, token?: string, write = toBinary, url = brokerUrl()): Promise<number> {
  const { headers, body } = write(event);
  const shown = token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
  return (await send(url, shown, body)).status;
}

/** The event that a PingSource of this name sends at its scheduled time. */
export function ping(job: string, id: string, time: string): LapseEvent {
  return {
    id,
    time,
    source: `/apis/v1/namespaces/lapse/pingsources/${job}`,
    type: pingType,
    data: {},
    extensions: { lapsejob: job },
  };
}

/**
 * Repeats `check` until it passes, and returns its result. After `seconds` throws what it threw last: later than any cluster that
 * works, however busy, takes for one step. One that takes long is repeated less often, so that it leaves half of the time to what it waits
 * for: a command in a pod takes a processor for as long as it runs.
 */
export async function eventually<T>(check: () => Promise<T>, seconds = 180): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const began = Date.now();
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await pause(Math.min(Math.max(300, Date.now() - began), 1_500));
  }
}

/** Sends a request, with Node's own client, since fetch does not let a caller set the Host header. */
export async function send(
  url: string,
  headers: Record<string, string>,
  body?: string | Uint8Array,
  method = body === undefined ? "GET" : "POST",
): Promise<Reply> {
  const call = request(url, {
    method,
    headers: body === undefined ? headers : { "content-length": String(Buffer.byteLength(body)), ...headers },
    signal: AbortSignal.timeout(60_000),
  });
  const response = once(call, "response");
  call.end(body);
  const [message] = await response;
  // What breaks from now on, also rejects the reading of the body.
  call.on("error", () => undefined);
  const answer = await text(message);
  const isJson = String(message.headers["content-type"]).includes("json");
  return { status: message.statusCode, body: isJson ? JSON.parse(answer) : answer };
}
