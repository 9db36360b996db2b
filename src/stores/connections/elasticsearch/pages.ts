export interface Page<Item, Key> {
  readonly items: readonly Item[];
  /** The key after which the next page begins; undefined on the last page. */
  readonly next: Key | undefined;
}

/** Streams pages. The next page is fetched while one is read, so at most two are in memory. */
export async function* readPages<Item, Key>(
  fetch: (after: Key | undefined) => Promise<Page<Item, Key>>,
): AsyncGenerator<readonly Item[]> {
  let upcoming: Promise<Page<Item, Key>> | undefined = fetch(undefined);
  while (upcoming !== undefined) {
    const page: Page<Item, Key> = await upcoming;
    upcoming = page.next === undefined ? undefined : fetch(page.next);
    // A failure is thrown where it is awaited; the reader may leave before that.
    upcoming?.catch(() => undefined);
    if (page.items.length > 0) yield page.items;
  }
}
