import { InvalidInput } from "#churn/failure.ts";
import type { KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";

/** The letters whose ids begin with `ids`. Throws InvalidInput if one of them begins no id, or more than one. */
export function selectLetters(kept: readonly KeptDeadLetter[], ids: readonly string[]): readonly KeptDeadLetter[] {
  if (ids.length === 0) throw new InvalidInput("Name dead letters by their ids, or use --all.");
  const selected = ids.map((id) => {
    const [letter, second] = kept.filter((one) => one.id.startsWith(id));
    if (letter === undefined) throw new InvalidInput(`There is no dead letter ${id}.`);
    if (second !== undefined) throw new InvalidInput(`More than one dead letter begins with ${id}.`);
    return letter;
  });
  return [...new Set(selected)];
}
