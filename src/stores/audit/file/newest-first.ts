import { jsonText } from "#churn/json-text.ts";
import { dataNames } from "../../data-folder.ts";
import type { RowReading } from "../../unreadable-rows.ts";
import { type AuditEntry, type AuditRange, auditEntry, isWithin } from "../audit.ts";
import type { Line } from "./lines-from-end.ts";

/**
 * How long after its moment an entry is added at most, in milliseconds: a run is told by when it began. One that comes later is
 * told all the same, after those that were read before it.
 */
const mostLate = 3 * 86_400_000;

/** This many lines in a row may be of any moment, as a machine writes them while its clock is wrong. */
const mostAstray = 100;

const lineSchema = jsonText(auditEntry);

/**
 * The entries of a range from the newest to the oldest, of blocks of lines from the last to the first: reads no more lines than it takes to
 * know that none before them is newer. Those of the same moment come by their order; of an id only the first line counts. A line that
 * is no entry is left out and told of, unless it is the beginning of one: a crash has left that, and it was never acknowledged.
 */
export async function* newestFirst(
  blocks: AsyncIterable<Iterable<Line>>,
  range: AuditRange,
  unreadable: RowReading,
): AsyncGenerator<AuditEntry> {
  /** Newest first; the first `next` of them have been told. */
  let held: AuditEntry[] = [];
  let next = 0;
  const told = new Set<string>();
  const waiting = new Set<string>();
  const isOfAction = actionTest(range.action);
  const moments = new RecentMoments();
  reading: for await (const lines of blocks) {
    for (const line of lines) {
      moments.add(line.text);
      const { newest } = moments;
      if (newest + mostLate < (range.from ?? 0)) break reading;
      const entry = isOfAction(line.text) ? entryIn(line, unreadable) : undefined;
      if (entry !== undefined && isWithin(entry, range) && !told.has(entry.id)) {
        if (waiting.has(entry.id)) held = held.filter(({ id }, i) => i < next || id !== entry.id);
        waiting.add(entry.id);
        held.splice(placeOf(entry, held, next), 0, entry);
      }
      // Whatever was added before is of a moment before this.
      for (let first = held[next]; first !== undefined && first.at >= newest + mostLate; first = held[next]) {
        told.add(first.id);
        waiting.delete(first.id);
        next += 1;
        yield first;
      }
      if (next > 1_000) {
        held = held.slice(next);
        next = 0;
      }
    }
  }
  yield* held.slice(next);
}

function entryIn({ text, at }: Line, unreadable: RowReading): AuditEntry | undefined {
  if (isBeginning(text)) return undefined;
  return unreadable.attempt(
    () => ({ place: dataNames.audit, key: /"id":"([^"]+)"/.exec(text)?.[1] ?? `byte ${at}` }),
    () => lineSchema.parse(text),
  );
}

/** Whether a line may be the first part of an entry, which holds no control characters as JSON has it. */
function isBeginning(text: string): boolean {
  return (text === "{" || text.startsWith('{"')) && !text.endsWith("}") && !/\p{Cc}/u.test(text);
}

/** The moments of the lines that were read last. */
class RecentMoments {
  /** Those that no later line of them exceeds, from the newest on, each with the number of its line. */
  readonly #leading: { readonly at: number; readonly line: number }[] = [];
  #lines = 0;

  add(text: string): void {
    // Of a line that a crash cut off, the number may be, too.
    const told = /"at":(\d+)[,}]/.exec(text)?.[1];
    if (told === undefined) return;
    const at = Number(told);
    this.#lines += 1;
    while ((this.#leading.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= at) this.#leading.pop();
    this.#leading.push({ at, line: this.#lines });
    if ((this.#leading[0]?.line ?? 0) <= this.#lines - mostAstray) this.#leading.shift();
  }

  /** Lines before these are hardly of a later moment; of too few nothing is known. */
  get newest(): number {
    const isKnown = this.#lines >= mostAstray;
    return (isKnown ? this.#leading[0]?.at : undefined) ?? Number.POSITIVE_INFINITY;
  }
}

/** Where an entry belongs among those from `from` on: behind those of its moment, and mostly behind all. */
function placeOf({ at }: AuditEntry, held: readonly AuditEntry[], from: number): number {
  let place = held.length;
  while (place > from && (held[place - 1]?.at ?? at) < at) place -= 1;
  return place;
}

/** Whether a line may be of an action, before it is parsed: most lines are of others. One that says of none may be of any. */
function actionTest(action: string | undefined): (line: string) => boolean {
  if (action === undefined) return () => true;
  return (line) => line.includes(`"action":"${action}`) || !/"action":"[a-z]/.test(line);
}
