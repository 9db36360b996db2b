import { Failure } from "#churn/failure.ts";
import { toStructured } from "#runtime/events.ts";
import { postEvent } from "#runtime/post-event.ts";
import type { DeadLetters, KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";

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
  const answer = await postEvent(toStructured(event), { broker, key }).catch((cause: unknown) => {
    throw new ReplayFailed(`${what}: no response. Is lapse running there?`, { cause });
  });
  if (!answer.ok) throw new ReplayFailed(`${what}: it answered ${answer.status}. ${answer.text.slice(0, 500)}`);
}
