import { Failure } from "#churn/failure.ts";
import { toStructured } from "#runtime/events.ts";
import type { DeadLetters, KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";
import { showing } from "../terminal/api-key.ts";

/** The broker refused an event, or cannot be reached. */
export class ReplayFailed extends Failure {
  override readonly name = "ReplayFailed";
  override readonly kind = "unavailable";
}

interface ReplayOptions {
  readonly broker: string;
  readonly key?: string | undefined;
  /** Sends one letter, with a record of it. */
  readonly record?: (letter: KeptDeadLetter, act: () => Promise<void>) => Promise<void>;
}

/** A broker only accepts an event, which is quick; in milliseconds. */
const timeout = 10_000;

/**
 * Sends the events of letters to a broker, oldest first, and removes each letter once its event is accepted; one that fails
 * again comes back. Throws ReplayFailed at the first that is not accepted, and keeps it and those after it.
 */
export async function replay(
  selected: readonly KeptDeadLetter[],
  letters: Pick<DeadLetters, "remove">,
  { broker, key, record = (_letter, act) => act() }: ReplayOptions,
  onSent: (letter: KeptDeadLetter) => void,
): Promise<void> {
  const oldestFirst = [...selected].sort((a, b) => a.recordedAt - b.recordedAt);
  for (const letter of oldestFirst) {
    await record(letter, async () => {
      await send(letter, broker, key);
      await letters.remove(letter);
    });
    onSent(letter);
  }
}

async function send({ id, event }: KeptDeadLetter, broker: string, key: string | undefined): Promise<void> {
  const what = `Cannot send the dead letter ${id.slice(0, 8)} to ${broker}`;
  const { headers, body } = toStructured(event);
  const signal = AbortSignal.timeout(timeout);
  const request = { method: "POST", headers: { ...headers, ...showing(key) }, body, signal };
  const response = await fetch(broker, request).catch((cause: unknown) => {
    throw new ReplayFailed(`${what}: no response. Is lapse running there?`, { cause });
  });
  const said = await response.text();
  if (!response.ok) throw new ReplayFailed(`${what}: it answered ${response.status}. ${said.slice(0, 500)}`);
}
