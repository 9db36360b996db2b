/**
 * Reads a stream of pages item by item, waiting only at the end of a page; a stream of items would wait at each one.
 */
export class Cursor<Item> {
  readonly #pages: AsyncIterator<readonly Item[]>;
  #page: readonly Item[] = [];
  #position = 0;

  private constructor(pages: AsyncIterable<readonly Item[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** A cursor on the first item. */
  static async open<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Cursor<Item>> {
    const cursor = new Cursor(pages);
    await cursor.#nextPage();
    return cursor;
  }

  /** The current item; undefined after the last. */
  get item(): Item | undefined {
    return this.#page[this.#position];
  }

  /** Moves to the next item. Returns a promise only if the item must be waited for. */
  advance(): Promise<void> | undefined {
    this.#position++;
    return this.#position < this.#page.length ? undefined : this.#nextPage();
  }

  /** Ends the stream. */
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
