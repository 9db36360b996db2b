import { Failure } from "#churn/failure.ts";
import { oneLine } from "#pages/one-line.ts";
import { toStructured } from "#runtime/events.ts";
import { postEvent } from "#runtime/post-event.ts";
import type { DeadLetters, KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";

/** The broker refused an event, or cannot be reached. */
export class ReplayFailed extends Failure {
  override readonly name: string = "ReplayFailed";
  override readonly kind = "unavailable";
}

/** The broker will never take this event, whatever it does with others. */
class EventRefused extends ReplayFailed {
  override readonly name = "EventRefused";
}

/** What a broker responds to an event that is wrong in itself: not to a key, a path or a moment that is. */
const refusals: ReadonlySet<number> = new Set([400, 413, 415, 422]);

interface ReplayOptions {
  readonly broker: string;
  readonly key?: string | undefined;
  /** Sends one letter, with a record of it. */
  readonly record?: (letter: KeptDeadLetter, act: () => Promise<void>) => Promise<void>;
}

/**
 * Sends the events of letters to a broker, oldest first, and removes each letter once its event is accepted; one that fails
 * again comes back. One that the broker refuses for what it is, as a laxer broker did not, is kept, and does not hold up the others; any
 * other failure ends the work, and keeps its letter and those after it. Throws ReplayFailed in both cases.
 */
export async function replay(
  selected: readonly KeptDeadLetter[],
  letters: Pick<DeadLetters, "remove">,
  { broker, key, record = (_letter, act) => act() }: ReplayOptions,
  onSent: (letter: KeptDeadLetter) => void,
): Promise<void> {
  const oldestFirst = [...selected].sort((a, b) => a.recordedAt - b.recordedAt);
  const refused: string[] = [];
  for (const letter of oldestFirst) {
    try {
      await record(letter, async () => {
        await send(letter, broker, key);
        await letters.remove(letter);
      });
      onSent(letter);
    } catch (error) {
      if (!(error instanceof EventRefused)) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length === 0) return;
  const others = refused.length > mostTold ? `\nSo it did with ${refused.length - mostTold} more.` : "";
  throw new ReplayFailed(`${refused.slice(0, mostTold).join("\n")}${others}\nForget what the broker will never take.`);
}

/** Refused letters that are told of one by one. */
const mostTold = 20;

async function send({ id, event }: KeptDeadLetter, broker: string, key: string | undefined): Promise<void> {
  const what = `Cannot send the dead letter ${id.slice(0, 8)} to ${broker}`;
  const answer = await postEvent(toStructured(event), { broker, key }).catch((cause: unknown) => {
    throw new ReplayFailed(`${what}: no response. Is lapse running there?`, { cause });
  });
  if (answer.ok) return;
  const Failed = refusals.has(answer.status) ? EventRefused : ReplayFailed;
  throw new Failed(`${what}: it answered ${answer.status}. ${oneLine(answer.text, 500)}`);
}
