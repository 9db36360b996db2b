import { modelPromoted } from "#runtime/event-kinds.ts";
import { toBinary } from "#runtime/events.ts";
import { showing } from "../terminal/api-key.ts";

/** Tells the broker that a version is in service, so that users are scored again. Returns what came of it, in words. */
export async function announce(
  version: string,
  broker: string,
  { id, now, key }: { id: string; now: number; key?: string | undefined },
): Promise<string> {
  const promoted = modelPromoted.make({
    id,
    source: "/lapse/models",
    subject: version,
    time: new Date(now).toISOString(),
    data: { version },
  });
  const { headers, body } = toBinary(promoted);
  const request = { method: "POST", headers: { ...headers, ...showing(key) }, body };
  try {
    const answer = await fetch(broker, { ...request, signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok
      ? "Users are being scored again."
      : `The broker at ${broker} answered ${answer.status}: users keep their previous scores for now.`;
  } catch {
    return `Nothing answers at ${broker}: users keep their previous scores until features are next computed.`;
  }
}
