import { setTimeout as sleep } from "node:timers/promises";
import { actionEvent } from "#runtime/event-kinds.ts";

const json = { "content-type": "application/json" };

/**
 * What happens to lapse in production, at `url` for so many seconds: batches of actions, some sent twice, some wrong;
 * predictions over both protocols for users that are known, unknown or told wrongly; an event that no function takes; and the
 * two jobs of the night. It comes in waves, so that a picture of it shows something.
 */
export async function makeTraffic(url: string, seconds: number): Promise<void> {
  const post = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = json) => {
    const response = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    await response.arrayBuffer();
  };
  const begin = Date.now();
  const elapsed = () => (Date.now() - begin) / 1000;
  // Sent to the Broker, refused by ingest for good: a dead letter.
  await post("/broker", { action: "login" }, eventHeaders("no-user"));
  const jobs = [
    { name: "features", at: seconds * 0.3 },
    { name: "train", at: seconds * 0.45 },
  ];
  for (let round = 0; elapsed() < seconds; round++) {
    if (elapsed() >= (jobs[0]?.at ?? Number.POSITIVE_INFINITY)) await post(`/run/${jobs.shift()?.name}`, {});
    const wave = 1 + Math.sin((2 * Math.PI * elapsed()) / Math.max(30, seconds / 2));
    await post("/events", actions(round, Math.round(5 + 20 * wave)));
    for (let i = 0; i < 1 + 4 * wave; i++) await ask(post, round * 7 + i);
    await sleep(50);
  }
}

/** Of each ten, one was sent before, and one has no time that can be read. */
function actions(round: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => ({
    user_id: userId(round + i),
    action: i % 3 === 0 ? "login" : "view",
    timestamp: i % 10 === 9 ? "yesterday" : new Date().toISOString(),
    event_id: i % 10 === 8 ? "sent-before" : `${round}-${i}`,
  }));
}

async function ask(post: (path: string, body: unknown) => Promise<void>, n: number): Promise<void> {
  const instance = n % 9 === 8 ? { user_id: `stranger-${n % 50}` } : { user_id: userId(n) };
  if (n % 5 === 4) await post("/v1/models/churn:explain", { instances: [instance] });
  else if (n % 5 === 3) {
    const data = [instance.user_id];
    await post("/v2/models/churn/infer", { inputs: [{ name: "user_id", datatype: "BYTES", shape: [1], data }] });
  } else if (n % 31 === 30) await post("/v1/models/churn:predict", { instances: [{ features: { none: 1 } }] });
  else await post("/v1/models/churn:predict", { instances: [instance, { user_id: userId(n + 1) }] });
}

/** As scripts/generate names 600 users. */
function userId(n: number): string {
  return `user-${String((n % 600) + 1).padStart(3, "0")}`;
}

function eventHeaders(id: string): Record<string, string> {
  return { ...json, "ce-specversion": "1.0", "ce-id": id, "ce-source": "/test", "ce-type": actionEvent.type };
}
