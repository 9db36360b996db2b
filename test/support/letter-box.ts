import type { Letter, LetterStore } from "#runtime/dead-letters/letter.ts";

/** A store of letters in memory, as a process sees it. `failure` is thrown instead, if there is one. */
export class LetterBox implements LetterStore {
  readonly letters: Letter[] = [];
  readonly notes: Letter[] = [];
  failure: Error | undefined;
  /** How often it was asked for the number of letters. */
  counts = 0;

  async record(letter: Letter): Promise<boolean> {
    this.#require();
    const isNew = !(await this.has(letter));
    if (isNew) this.letters.push(letter);
    return isNew;
  }

  async has({ event, destination }: Letter): Promise<boolean> {
    this.#require();
    return this.letters.some(
      (one) => one.event.id === event.id && one.event.source === event.source && one.destination === destination,
    );
  }

  async note(letter: Letter): Promise<void> {
    this.#require();
    this.notes.push(letter);
  }

  async count(): Promise<number> {
    this.#require();
    this.counts += 1;
    return this.letters.length;
  }

  #require(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
