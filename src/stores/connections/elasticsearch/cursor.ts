/**
 * Reads a stream of pages item by item, waiting only at the end of a page; a stream of items would wait at each one.
 */
export class Cursor<Item> {
  readonly #pages: AsyncIterator<readonly Item[]>;
  #page: readonly Item[] = [];
  #position = 0;

  constructor(pages: AsyncIterable<readonly Item[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Moves to the first item. */
  open(): Promise<void> {
    return this.#nextPage();
  }

  /** The current item; undefined after the last, and before the first. */
  get item(): Item | undefined {
    return this.#page[this.#position];
  }

  /** Moves to the next item. Returns a promise only if the item must be waited for. */
  advance(): Promise<void> | undefined {
    this.#position++;
    return this.#position < this.#page.length ? undefined : this.#nextPage();
  }

  /** Ends the stream, once what it was asked for has come. */
  async close(): Promise<void> {
    await this.#pages.return?.();
  }

  async #nextPage(): Promise<void> {
    this.#position = 0;
    do {
      const next = await this.#pages.next();
      this.#page = next.done ? [] : next.value;
      if (next.done) return;
    } while (this.#page.length === 0);
  }
}
