import { modelPromoted } from "#runtime/event-kinds.ts";
import { toBinary } from "#runtime/events.ts";
import { postEvent } from "#runtime/post-event.ts";

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
  try {
    const answer = await postEvent(toBinary(promoted), { broker, key, timeoutMilliseconds: 5_000 });
    return answer.ok
      ? "Users are being scored again."
      : `The broker at ${broker} answered ${answer.status}: users keep their previous scores for now.`;
  } catch {
    return `Nothing answers at ${broker}: users keep their previous scores until features are next computed.`;
  }
}
